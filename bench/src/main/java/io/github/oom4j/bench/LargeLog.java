package io.github.oom4j.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes a large kernel log: the boot messages of a user-mode Linux 7.2 over and over, and after
 * each 10,000 lines one report out of the golden logs of oom-kmsg, whose times go on from there.
 */
public final class LargeLog {

  private static final int LINES_BETWEEN = 10_000;

  private final List<String> messages = new ArrayList<>();
  private final List<List<String>> reports = new ArrayList<>();
  private long microseconds;

  private LargeLog(Path golden) throws IOException {
    try (InputStream boot = LargeLog.class.getResourceAsStream("boot-uml-7.2.dmesg");
        Stream<Path> files = Files.walk(golden)) {
      if (boot == null) {
        throw new IOException("boot-uml-7.2.dmesg is not on the class path");
      }
      messages.addAll(messages(new String(boot.readAllBytes(), StandardCharsets.UTF_8)));
      for (Path file : files.filter(LargeLog::isOneReport).sorted().toList()) {
        reports.add(messages(Files.readString(file)));
      }
    }
  }

  private static boolean isOneReport(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".dmesg") && !name.contains("odd") && !name.contains("oomd");
  }

  private static List<String> messages(String dmesg) {
    List<String> messages = new ArrayList<>();
    for (String line : dmesg.lines().toList()) {
      if (line.startsWith("[")) {
        messages.add(line.substring(line.indexOf("] ") + 2));
      } else { // goes on, indented by the width of the time, which stays the same
        int last = messages.size() - 1;
        messages.set(last, messages.get(last) + "\n" + line);
      }
    }
    return messages;
  }

  /**
   * Writes it.
   *
   * @param args the folder of golden logs, the file to write, its size in bytes
   */
  public static void main(String... args) throws IOException {
    new LargeLog(Path.of(args[0])).write(Path.of(args[1]), Long.parseLong(args[2]));
  }

  private void write(Path file, long size) throws IOException {
    long written = 0;
    int message = 0;
    StringBuilder block = new StringBuilder();
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int report = 0; written < size; report++) {
        block.setLength(0);
        for (int i = 0; i < LINES_BETWEEN; i++) {
          line(block, messages.get(message++ % messages.size()));
        }
        for (String line : reports.get(report % reports.size())) {
          line(block, line);
        }
        byte[] bytes = block.toString().getBytes(StandardCharsets.UTF_8);
        out.write(bytes);
        written += bytes.length;
      }
    }
  }

  private void line(StringBuilder out, String message) {
    microseconds += 137;
    String fraction = String.format(Locale.ROOT, "%06d", microseconds % 1_000_000);
    String seconds = Long.toString(microseconds / 1_000_000);
    out.append('[')
        .append(" ".repeat(Math.max(0, 5 - seconds.length())))
        .append(seconds)
        .append('.')
        .append(fraction)
        .append("] ")
        .append(message)
        .append('\n');
  }
}
