package io.github.oom4j.cgroup;

import io.github.oom4j.CgroupGoneException;
import io.github.oom4j.KernelFormatException;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.Patience;
import io.github.oom4j.internal.Counters;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads and writes one file of a cgroup, with errors that name it. */
final class CgroupFile {

  private static final Duration A_LITTLE = Duration.ofMillis(5);
  private static final Duration MORE = Duration.ofMillis(200);

  private CgroupFile() {}

  static String text(Path cgroup, String name) {
    Path file = cgroup.resolve(name);
    try {
      return KernelFile.readText(file).strip();
    } catch (IOException e) {
      throw failure(cgroup, name, e);
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
      throw failure(cgroup, name, e);
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

  /** The exception for a read that failed. */
  static OomException failure(Path cgroup, String name, IOException e) {
    boolean missing = e instanceof NoSuchFileException;
    // ENOENT if it was removed before the open, ENODEV later. The kernel takes the files away one
    // by
    // one and the directory last (cgroup_destroy_locked), so that one may have to wait for it.
    if (Patience.until(() -> Files.notExists(cgroup), missing ? A_LITTLE : MORE)) {
      return gone(cgroup, name, e);
    }
    return missing
        ? MissingFile.of(cgroup, name, e)
        : KernelFile.failure("read " + name, cgroup.resolve(name), e, "");
  }

  /** Throws if the cgroup is no more. */
  static void need(Path cgroup, String purpose) {
    if (Files.notExists(cgroup)) {
      throw new CgroupGoneException(
          "could not " + purpose + ": the cgroup " + cgroup + " is gone", null);
    }
  }

  static CgroupGoneException gone(Path cgroup, String name, @Nullable Exception e) {
    return new CgroupGoneException(
        "could not read " + name + ": the cgroup " + cgroup + " is gone", e);
  }

  private static KernelFormatException malformed(
      Path file, String expected, String found, IllegalArgumentException cause) {
    String shown = found.substring(0, Math.min(40, found.length())).replaceAll("\\P{Print}", "?");
    return new KernelFormatException(
        file + ", line 1: expected " + expected + ", found '" + shown + "'", cause);
  }
}
