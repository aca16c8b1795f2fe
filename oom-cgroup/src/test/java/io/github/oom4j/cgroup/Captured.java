package io.github.oom4j.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Trees captured on real hosts, each in a folder of its host's name. */
public final class Captured {

  private static final Path ROOT =
      Path.of(System.getProperty("basedir", ""), "src", "test", "resources").toAbsolutePath();

  private Captured() {}

  public static Path path(String name) {
    return ROOT.resolve(name);
  }

  /** A file in which each byte is one character. */
  public static String bytes(String name) {
    try {
      return Files.readString(path(name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String text(String name) {
    try {
      return Files.readString(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tree to be changed. */
  public static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
