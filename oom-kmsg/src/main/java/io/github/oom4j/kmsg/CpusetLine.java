package io.github.oom4j.kmsg;

import java.util.Optional;

/**
 * {@code <comm> cpuset=<name> mems_allowed=<list>}, 2.6.32 to 4.19; later, the summary tells both.
 * Source: {@code cpuset_print_current_mems_allowed()} in kernel/cgroup/cpuset.c.
 */
record CpusetLine(String cpuset, String memsAllowed) {

  private static final String CPUSET = " cpuset=";
  private static final String MEMS = " mems_allowed=";

  /** Matches the line of that task; its name and the cpuset's may look like anything. */
  static Optional<CpusetLine> parse(String text, String comm) {
    String line = text.stripTrailing();
    int mems = line.lastIndexOf(MEMS);
    return line.startsWith(comm + CPUSET)
            && mems >= comm.length() + CPUSET.length()
            && NodeList.isOne(line.substring(mems + MEMS.length()))
        ? Optional.of(
            new CpusetLine(
                line.substring(comm.length() + CPUSET.length(), mems),
                line.substring(mems + MEMS.length())))
        : Optional.empty();
  }
}
