package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What the tests of real boxes share. */
final class Boxes {

  private static final long PATIENCE_SECONDS = 30;

  private Boxes() {}

  static MemoryScope ofMebibytes(long size) {
    return MemoryScope.builder().memoryMax(ByteSize.mebibytes(size)).build();
  }

  /** A command that allocates and touches that much. */
  static String hog(int mebibytes) {
    return "dd if=/dev/zero of=/dev/null count=1 bs=" + mebibytes + "M";
  }

  /** The boxes that a JVM made and that still exist. */
  static List<Path> of(long jvm) {
    Path parent = ScopeBackend.detect().parent().orElseThrow();
    try (Stream<Path> children = Files.list(parent)) {
      return children
          .filter(child -> child.getFileName().toString().startsWith("oom4j-" + jvm + "-"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The boxes of this JVM that still exist. */
  static List<Path> left() {
    return of(ProcessHandle.current().pid());
  }

  /** Waits until something is so; the tests assert it afterwards, to fail with the right words. */
  static boolean await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  /** Whether a process is alive: neither gone nor a zombie that nobody waited for. */
  static boolean isAlive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  /** A command that runs a main class of the tests in a JVM of its own. */
  static List<String> java(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(
        String.join(
            File.pathSeparator,
            folderOf(MemoryScope.class),
            folderOf(ByteSize.class),
            folderOf(main)));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static String folderOf(Class<?> type) {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    String url = Objects.requireNonNull(type.getResource(file)).toString();
    return url.substring(0, url.length() - file.length())
        .replaceFirst("^jar:", "")
        .replaceFirst("^file:", "")
        .replaceFirst("!$", "");
  }
}
