package io.github.oom4j.junit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an earlier run left of its boxes. A JVM that dies takes its boxes with it, by the small
 * shell that guards them; but if that was killed too, as by the end of a container, nobody did.
 *
 * <p>A box is swept only if the JVM in its name is gone, and if it surely was one of this PID
 * namespace: then its processes are too. An empty box does not tell, so it must be old.
 */
final class DeadBoxes {

  private static final Pattern NAME = Pattern.compile("oom4j-([0-9]+)-[0-9a-f]{16}(?:\\.scope)?");
  private static final Duration OLD = Duration.ofMinutes(1);
  private static final Path PROC = Path.of("/proc");

  private DeadBoxes() {}

  /**
   * Kills and removes them. What can't be swept stays; never throws for it.
   *
   * @param parent the cgroup in which boxes are made
   */
  static void sweep(Path parent) {
    try {
      sweepIn(parent);
      // systemd makes scopes in a slice: system.slice, app.slice of a user, or itself.
      try (DirectoryStream<Path> slices = Files.newDirectoryStream(parent, "*.slice")) {
        for (Path slice : slices) {
          sweepIn(slice);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Somebody else's to clean up, or gone meanwhile.
    }
  }

  private static void sweepIn(Path parent) throws IOException {
    try (DirectoryStream<Path> boxes = Files.newDirectoryStream(parent, "oom4j-*")) {
      for (Path box : boxes) {
        Matcher name = NAME.matcher(box.getFileName().toString());
        if (name.matches() && Files.notExists(PROC.resolve(name.group(1)))) {
          sweepBox(box);
        }
      }
    }
  }

  private static void sweepBox(Path box) throws IOException {
    List<Path> cgroups = nested(box);
    List<String> pids = new ArrayList<>();
    for (Path cgroup : cgroups) {
      pids.addAll(Files.readAllLines(cgroup.resolve("cgroup.procs")));
    }
    if (pids.isEmpty() ? !isOld(box) : !pids.stream().allMatch(DeadBoxes::isOfThisNamespace)) {
      return;
    }
    for (String pid : pids) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
    for (int tries = 0; tries < 100 && !remove(cgroups); tries++) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Those deepest down first. */
  private static List<Path> nested(Path box) throws IOException {
    try (Stream<Path> files = Files.walk(box)) {
      return files.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
  }

  private static boolean isOld(Path box) throws IOException {
    return Files.getLastModifiedTime(box).toInstant().isBefore(Instant.now().minus(OLD));
  }

  /** Of a process of a namespace beside or above, the kernel prints the PID 0. */
  private static boolean isOfThisNamespace(String pid) {
    try {
      Path own = Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
      return Files.readSymbolicLink(PROC.resolve(pid).resolve("ns/pid")).equals(own);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean remove(List<Path> cgroups) {
    try {
      for (Path cgroup : cgroups) {
        Files.deleteIfExists(cgroup);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
