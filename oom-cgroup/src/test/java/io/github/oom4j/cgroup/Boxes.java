package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.guest.Await;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** What the tests of real boxes share. */
final class Boxes {

  private Boxes() {}

  /** Those that work here, best first. */
  static Stream<ScopeBackend> backends() {
    return Arrays.stream(ScopeBackend.values()).filter(Boxes::works);
  }

  private static boolean works(ScopeBackend backend) {
    try {
      return backend.backend().parent() != null;
    } catch (OomException e) {
      return false;
    }
  }

  /** Where boxes are made without systemd. */
  static Path directParent() {
    return Stream.of(ScopeBackend.CGROUPFS, ScopeBackend.CGROUP_V1)
        .filter(Boxes::works)
        .map(backend -> backend.backend().parent())
        .findFirst()
        .orElseThrow();
  }

  /** A place there for a cgroup. */
  static Path freshCgroup() {
    return directParent().resolve(freshName());
  }

  /** Not taken, not even by what a run left that was cut off. */
  static String freshName() {
    return "oom4j-test-%016x".formatted(ThreadLocalRandom.current().nextLong());
  }

  /** With the best backend. */
  static MemoryScope ofMebibytes(long size) {
    return MemoryScope.builder().memoryMax(ByteSize.mebibytes(size)).build();
  }

  static MemoryScope ofMebibytes(ScopeBackend backend, long size) {
    return MemoryScope.builder().memoryMax(ByteSize.mebibytes(size)).backend(backend).build();
  }

  /** The shells that guard the boxes of this JVM; commands have become what they were asked for. */
  static List<ProcessHandle> guards() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("oom4j-guard"))
        .toList();
  }

  /** The unit of systemd that a box is in. */
  static String unitOf(ScopedProcess job) {
    Path path = job.cgroup().path();
    return path.getName(path.getNameCount() - 2).toString();
  }

  /** As {@code kill -NAME PID}. */
  static void signal(String name, long pid) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " " + pid + " ended with " + status);
    }
  }

  /** The swap limit of a cgroup, where the kernel counts swap. */
  static Optional<Limit> swapMax(Cgroup cgroup) {
    try {
      return Optional.of(cgroup.swap().max());
    } catch (UnsupportedKernelException e) {
      return Optional.empty();
    }
  }

  /** A command that allocates and touches that much. */
  static String hog(int mebibytes) {
    return "dd if=/dev/zero of=/dev/null count=1 bs=" + mebibytes + "M";
  }

  /** The boxes that a JVM made and that still exist, wherever they are. */
  static List<Path> of(long jvm) {
    return Stream.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup")
        .map(Path::of)
        .filter(top -> Files.exists(top.resolve("cgroup.procs")))
        .flatMap(top -> new CgroupTree(top).cgroups().stream())
        .filter(cgroup -> cgroup.getFileName().toString().startsWith("oom4j-" + jvm + "-"))
        .toList();
  }

  /** The boxes of this JVM that still exist. systemd removes its part of one a little later. */
  static List<Path> left() {
    Await.until(() -> of(ProcessHandle.current().pid()).isEmpty());
    return of(ProcessHandle.current().pid());
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
            folderOf(Await.class),
            folderOf(main)));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  static String folderOf(Class<?> type) {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    String url = Objects.requireNonNull(type.getResource(file)).toString();
    return url.substring(0, url.length() - file.length())
        .replaceFirst("^jar:", "")
        .replaceFirst("^file:", "")
        .replaceFirst("!$", "");
  }
}
