package io.github.oom4j.cgroup;

import io.github.oom4j.KernelFormatException;
import io.github.oom4j.Limit;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.internal.Counters;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Path;

/** Reads and writes one file of a cgroup, with errors that name it. */
final class CgroupFile {

  private CgroupFile() {}

  static String text(Path cgroup, String name) {
    Path file = cgroup.resolve(name);
    try {
      return KernelFile.readText(file).strip();
    } catch (IOException e) {
      // ENODEV: the cgroup was removed between open and read.
      throw KernelFile.failure("read " + name, file, e, "");
    }
  }

  static long number(Path cgroup, String name) {
    String text = text(cgroup, name);
    try {
      return Long.parseUnsignedLong(text) < 0 ? Long.MAX_VALUE : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw malformed(cgroup.resolve(name), "a number", text, e);
    }
  }

  static Limit limit(Path cgroup, String name) {
    String text = text(cgroup, name);
    try {
      return Limit.parse(text);
    } catch (IllegalArgumentException e) {
      throw malformed(cgroup.resolve(name), "a number or max", text, e);
    }
  }

  static Counters counters(Path cgroup, String name) {
    Path file = cgroup.resolve(name);
    try {
      return Counters.parse(KernelFile.read(file), file.toString());
    } catch (IOException e) {
      throw KernelFile.failure("read " + name, file, e, "");
    }
  }

  static void write(Path cgroup, String name, String value, String remedy) {
    Path file = cgroup.resolve(name);
    try {
      KernelFile.write(file, value);
    } catch (IOException e) {
      throw KernelFile.failure("write " + value + " to " + name, file, e, remedy);
    }
  }

  static UnsupportedKernelException missing(Path file, String why) {
    return new UnsupportedKernelException("could not read " + file + ": no such file; " + why);
  }

  private static KernelFormatException malformed(
      Path file, String expected, String found, IllegalArgumentException cause) {
    String shown = found.substring(0, Math.min(40, found.length())).replaceAll("\\P{Print}", "?");
    return new KernelFormatException(
        file + ", line 1: expected " + expected + ", found '" + shown + "'", cause);
  }
}
