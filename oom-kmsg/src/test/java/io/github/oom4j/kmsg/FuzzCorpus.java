package io.github.oom4j.kmsg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What fuzzing starts from: the captured logs, cut into inputs; and what it has found so far. */
final class FuzzCorpus {

  private static final Path FINDINGS = Path.of("src/test/resources/fuzz");

  private FuzzCorpus() {}

  /** Inputs on which something did not hold once, each in a file named after it. */
  static List<Path> findings() {
    if (!Files.isDirectory(FINDINGS)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(FINDINGS)) {
      return files.filter(file -> !file.toString().endsWith(".md")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every distinct line of the captured logs in each mode that it suits, and whole reports. */
  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    Set<String> shapes = new LinkedHashSet<>();
    GoldenLog.all("kmsg").forEach(log -> add(seeds, shapes, log, FuzzTarget.RECORD));
    Stream.of("dmesg", "dmesg-x", "dmesg-r", "dmesg-T", "dmesg-iso", "journal-short")
        .flatMap(GoldenLog::all)
        .forEach(log -> add(seeds, shapes, log, FuzzTarget.LINES));
    return seeds;
  }

  private static void add(List<byte[]> seeds, Set<String> shapes, GoldenLog log, byte mode) {
    byte whole = mode == FuzzTarget.RECORD ? FuzzTarget.RECORDS : FuzzTarget.STREAM;
    byte[] bytes = log.bytes();
    // The end of a log has the kill, and before it the summary and the task dump.
    byte[] tail =
        Arrays.copyOfRange(
            bytes, Math.max(0, bytes.length - FuzzTarget.LONGEST_INPUT + 1), bytes.length);
    seeds.add(input(whole, tail));
    for (String line : log.text().split("\n", -1)) {
      // Lines that differ in numbers alone lead nowhere new.
      if (shapes.add(mode + line.replaceAll("[0-9a-f]+", "0"))) {
        seeds.add(input(mode, line.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private static byte[] input(byte mode, byte[] bytes) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.write(mode);
    input.writeBytes(bytes);
    return input.toByteArray();
  }

  /** Writes the seeds as files into a folder, for Jazzer. */
  public static void main(String... args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    List<byte[]> seeds = seeds();
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(folder.resolve("seed-" + i), seeds.get(i));
    }
  }
}
