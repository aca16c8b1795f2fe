package io.github.oom4j.guest;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Probes that look at one file each. Empty means met. */
final class Probes {

  private Probes() {}

  static Optional<String> linux() {
    return Files.isReadable(Path.of("/proc/self/status"))
        ? Optional.empty()
        : Optional.of("no /proc/self/status: " + System.getProperty("os.name"));
  }

  /** The effective uid, or -1 where there is no /proc. */
  static int uid() {
    return status("Uid:").map(line -> Integer.parseInt(line.split("\\s+", -1)[1])).orElse(-1);
  }

  static boolean capable(int bit) {
    return status("CapEff:").map(hex -> (Long.parseLong(hex, 16) >> bit & 1) == 1).orElse(false);
  }

  // Opening is the test: the kernel checks the right to read the log in open, and a read could
  // block.
  static Optional<String> kmsg() {
    try (FileInputStream in = new FileInputStream("/dev/kmsg")) {
      return in.getFD().valid() ? Optional.empty() : Optional.of("/dev/kmsg: not open");
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  static Optional<String> swap() {
    return linesOf(Path.of("/proc/swaps")).size() > 1
        ? Optional.empty()
        : Optional.of("/proc/swaps lists no swap");
  }

  static Optional<String> numa() {
    File[] nodes =
        new File("/sys/devices/system/node").listFiles((dir, name) -> name.matches("node\\d+"));
    int count = nodes == null ? 0 : nodes.length;
    return count > 1
        ? Optional.empty()
        : Optional.of("/sys/devices/system/node lists " + count + " node(s)");
  }

  /** PSI that is built in but off has its file and answers EOPNOTSUPP on read. */
  static Optional<String> readable(String file) {
    try {
      return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8).isEmpty()
          ? Optional.of(file + " is empty")
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.of(file + " does not exist");
    } catch (IOException e) {
      return Optional.of(file + ": " + e.getMessage());
    }
  }

  /** The lines of a file, or none where it does not exist. */
  static List<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static Optional<String> status(String key) {
    return linesOf(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip())
        .findFirst();
  }
}
