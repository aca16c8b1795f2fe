package io.github.oom4j.cgroup;

import io.github.oom4j.CgroupsAbove;
import io.github.oom4j.OomException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A box and the cgroups above it at one moment, as far as they are visible.
 *
 * @param boxFirst the box, its parent, and so on upwards, without the root, which has no limit
 * @param complete whether they reach up to the root of the hierarchy
 */
record Lineage(List<Member> boxFirst, boolean complete) {

  /**
   * One of them.
   *
   * @param name its path, as {@code /proc/PID/cgroup} would name it
   * @param identity tells it from a later cgroup of the same name; empty if it is gone
   * @param limitHits {@code oom} of {@code memory.events.local}; v1, of those above the box: how
   *     often an allocation met the limit, if that was not always so
   * @param oomKills {@code oom_kill} of {@code memory.events}; not of the box, whose events are in
   *     its snapshot; v1: of the box, without those nested in it
   * @param oomdKills what systemd-oomd noted on it
   */
  record Member(
      String name,
      Optional<Object> identity,
      OptionalLong limitHits,
      OptionalLong oomKills,
      OptionalLong oomdKills) {

    private static Member ofV1(Path directory, String name, boolean box) {
      OptionalLong none = OptionalLong.empty();
      return new Member(
          name,
          identity(directory),
          box ? none : MemoryFilesV1.certainHits(directory),
          box ? counter(directory, "memory.oom_control", "oom_kill") : none,
          none);
    }

    private static Member of(Path directory, String name, boolean box) {
      return new Member(
          name,
          identity(directory),
          counter(directory, "memory.events.local", "oom"),
          box ? OptionalLong.empty() : counter(directory, "memory.events", "oom_kill"),
          OomdMark.read(directory));
    }

    private static Optional<Object> identity(Path directory) {
      try {
        // kernfs never gives the inode number of a removed cgroup to another one.
        return Optional.ofNullable(
            Files.readAttributes(directory, BasicFileAttributes.class).fileKey());
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    private static OptionalLong counter(Path directory, String file, String key) {
      try {
        return CgroupFile.counters(directory, file).get(key);
      } catch (OomException e) {
        return OptionalLong.empty();
      }
    }

    boolean isSameAs(Member later) {
      return identity.isPresent() && identity.equals(later.identity);
    }
  }

  /** Reads what can be read; never throws an {@link OomException}. */
  static Lineage of(Path box, String name) {
    boolean v1 = Files.exists(box.resolve(MemoryFilesV1.MARKER));
    List<Member> members = new ArrayList<>();
    members.add(v1 ? Member.ofV1(box, name, true) : Member.of(box, name, true));
    for (Path directory : Ancestry.above(box, v1 ? MemoryFilesV1.MARKER : MemoryFilesV2.MARKER)) {
      if (isRoot(directory, v1)) {
        return new Lineage(members, true);
      }
      name = parentOf(name);
      members.add(v1 ? Member.ofV1(directory, name, false) : Member.of(directory, name, false));
    }
    return new Lineage(members, false);
  }

  /**
   * Of the hierarchy, not of a cgroup namespace: every cgroup of v2 but the root has a type
   * (cgroup-v2.rst), and the root of v1 alone has a release agent (cgroup-v1.c).
   */
  private static boolean isRoot(Path directory, boolean v1) {
    return v1
        ? Files.exists(directory.resolve("release_agent"))
        : Files.notExists(directory.resolve("cgroup.type"));
  }

  private static String parentOf(String name) {
    int slash = name.lastIndexOf('/');
    return slash <= 0 ? "/" : name.substring(0, slash);
  }

  Member box() {
    return boxFirst.get(0);
  }

  /** What happened above the box from this moment to a later one. */
  CgroupsAbove growth(Lineage later) {
    List<CgroupsAbove.Growth> growths = new ArrayList<>();
    for (int i = 1; i < Math.min(boxFirst.size(), later.boxFirst.size()); i++) {
      Member before = boxFirst.get(i);
      Member after = later.boxFirst.get(i);
      boolean same = before.isSameAs(after);
      growths.add(
          new CgroupsAbove.Growth(
              before.name,
              same ? Snapshot.growth(before.limitHits, after.limitHits) : OptionalLong.empty(),
              same ? Snapshot.growth(before.oomKills, after.oomKills) : OptionalLong.empty()));
    }
    return new CgroupsAbove(growths, complete && boxFirst.size() == later.boxFirst.size());
  }

  /** The cgroup on which systemd-oomd noted a kill between this moment and a later one. */
  Optional<String> killedByOomd(Lineage later) {
    for (int i = 0; i < Math.min(boxFirst.size(), later.boxFirst.size()); i++) {
      Member before = boxFirst.get(i);
      Member after = later.boxFirst.get(i);
      if (before.isSameAs(after)
          && Snapshot.growth(before.oomdKills, after.oomdKills).orElse(0) > 0) {
        return Optional.of(before.name);
      }
    }
    return Optional.empty();
  }
}
