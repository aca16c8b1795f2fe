package io.github.oom4j.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which cgroups are killed as a whole: {@code memory.oom.group} (cgroup v2, since 4.19), as
 * mem_cgroup_get_oom_group() of mm/memcontrol.c reads it. Not thread-safe.
 */
public final class CgroupGroups {

  private final Optional<Mount> mount;
  private final Optional<String> top;
  private final Path host;
  private final Map<String, Boolean> flags = new HashMap<>();
  private final Set<String> looked = new HashSet<>();
  private final Map<String, String> found = new HashMap<>();

  /**
   * Prepares to look.
   *
   * @param mounts the mounts of this process
   * @param top the cgroup that is at its limit; empty for the machine
   * @param proc where proc is mounted; other trees are looked for beside it
   */
  public CgroupGroups(List<Mount> mounts, Optional<String> top, Path proc) {
    this.mount = mounts.stream().filter(m -> m.type().equals("cgroup2")).findFirst();
    this.top = top;
    this.host = proc.toAbsolutePath().resolveSibling("");
  }

  /**
   * Looks from a cgroup upwards, as far as the one at its limit.
   *
   * @param cgroup a cgroup that holds a process
   */
  public void look(String cgroup) {
    if (mount.isEmpty() || !looked.add(cgroup)) {
      return;
    }
    // The highest one with the flag decides. The root has no such file.
    for (String at = cgroup; at.length() > 1; at = at.substring(0, at.lastIndexOf('/'))) {
      if (isGroup(at)) {
        found.put(cgroup, at);
      }
      if (top.isPresent() && at.equals(top.get())) {
        return;
      }
    }
    if (top.isPresent() && !top.get().equals("/")) {
      found.remove(cgroup); // it is not below the cgroup at its limit
    }
  }

  private boolean isGroup(String cgroup) {
    return flags.computeIfAbsent(cgroup, this::readFlag);
  }

  private static String raw(String cgroup) {
    return new String(cgroup.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private boolean readFlag(String cgroup) {
    Optional<Path> directory = mount.flatMap(m -> m.directoryOf(raw(cgroup)));
    if (directory.isEmpty()) {
      return false;
    }
    Path relative = Path.of("/").relativize(directory.get().toAbsolutePath());
    try {
      byte[] text = KernelFile.read(host.resolve(relative).resolve("memory.oom.group"));
      return text.length > 0 && text[0] == '1';
    } catch (IOException e) {
      return false; // gone meanwhile, or without the memory controller: the one above decides
    }
  }

  /**
   * What was found.
   *
   * @return by cgroup of a process, the cgroup whose flag decides; cgroups without one are missing
   */
  public Map<String, String> found() {
    return found;
  }
}
