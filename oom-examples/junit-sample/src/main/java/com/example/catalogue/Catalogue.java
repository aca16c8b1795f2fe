package com.example.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sums up the prices of a long list of articles, in two ways. */
public final class Catalogue {

  /** One article; it comes with a picture, which nobody looks at here. */
  public record Article(String name, int price, byte[] picture) {}

  private Catalogue() {}

  /** As many articles as you like, each 100 kB. */
  public static Stream<Article> articles(int count) {
    return Stream.iterate(1, number -> number + 1)
        .limit(count)
        .map(number -> new Article("article " + number, number, new byte[100_000]));
  }

  /** Looks at one article after the other. */
  public static long total(Stream<Article> articles) {
    return articles.mapToLong(Article::price).sum();
  }

  /** Holds all articles in memory first. */
  public static long totalOfAll(Stream<Article> articles) {
    List<Article> all = new ArrayList<>(articles.toList());
    return all.stream().mapToLong(Article::price).sum();
  }
}
