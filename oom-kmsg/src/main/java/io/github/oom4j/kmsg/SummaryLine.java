package io.github.oom4j.kmsg;

import io.github.oom4j.OomConstraint;
import io.github.oom4j.OomKillEvent.CgroupCandidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * {@code oom-kill:constraint=<K>,nodemask=..,cpuset=..,oom_memcg=..,task_memcg=..,task=..,pid=<n>,
 * uid=<n>}, since 5.0. Source: {@code dump_oom_summary()} in mm/oom_kill.c.
 *
 * <p>Names in it may look like its own fields. The numbers are cut off from the right, the kernel's
 * fields from the left; what is left can sometimes be split in several ways, all of which are kept
 * until other lines decide.
 *
 * @param placement what it says about nodes and cpuset
 * @param globalOom whether it says {@code global_oom}
 * @param readings the ways to read the paths and the name; empty if the line was cut
 * @param pid the victim's PID; empty if the line was cut
 * @param uid the victim's owner; empty if the line was cut
 */
record SummaryLine(
    OomConstraint constraint,
    Placement placement,
    boolean globalOom,
    List<Reading> readings,
    OptionalLong pid,
    OptionalLong uid) {

  static final String START = "oom-kill:constraint=CONSTRAINT_";

  private static final String OOM_MEMCG = ",oom_memcg=";
  private static final String TASK_MEMCG = ",task_memcg=";
  private static final String TASK = ",task=";
  private static final String GLOBAL = ",global_oom";

  /** A hostile line can offer many; nobody can tell them apart then. */
  private static final int MOST_READINGS = 64;

  /** One way to split the line. */
  record Reading(Optional<String> oomCgroup, Optional<String> victimCgroup, Optional<String> comm) {

    private String oomPath() {
      return oomCgroup.orElse("");
    }

    private String victimPath() {
      return victimCgroup.orElse("");
    }
  }

  static Optional<SummaryLine> parse(String text, boolean fromText) {
    String line = fromText ? text.strip() : text;
    if (!line.startsWith(START)) {
      return Optional.empty();
    }
    for (OomConstraint constraint : OomConstraint.values()) {
      String fields = constraint + ",nodemask=";
      if (line.startsWith(fields, START.length())) {
        int rest = START.length() + fields.length();
        return Optional.of(afterConstraint(constraint, line.substring(rest)));
      }
    }
    return Optional.empty();
  }

  /** Whether the line ends as a whole one does. */
  static boolean isComplete(String line) {
    int uid = numberBefore(line, line.length(), ",uid=");
    return uid >= 0 && numberBefore(line, uid, ",pid=") >= 0;
  }

  private static SummaryLine afterConstraint(OomConstraint constraint, String rest) {
    int uid = numberBefore(rest, rest.length(), ",uid=");
    int pid = uid < 0 ? -1 : numberBefore(rest, uid, ",pid=");
    List<Reading> readings = new ArrayList<>();
    if (pid < 0) {
      cut(constraint, rest).ifPresent(readings::add);
      return new SummaryLine(
          constraint,
          Placement.UNKNOWN,
          false,
          readings,
          OptionalLong.empty(),
          OptionalLong.empty());
    }
    String names = rest.substring(0, pid);
    int scope;
    if (constraint == OomConstraint.MEMCG) {
      // A cpuset's name holds no slash, so the first of these is the kernel's own.
      scope = names.indexOf(OOM_MEMCG + "/");
      if (scope >= 0) {
        readMemcg(names.substring(scope + OOM_MEMCG.length()), readings);
      }
    } else {
      scope = names.indexOf(GLOBAL + TASK_MEMCG + "/");
      String paths = scope < 0 ? names : names.substring(scope + (GLOBAL + TASK_MEMCG).length());
      readGlobal(paths, scope >= 0, readings);
    }
    return new SummaryLine(
        constraint,
        scope < 0 ? Placement.UNKNOWN : Placement.parse(names.substring(0, scope)),
        scope >= 0 && constraint != OomConstraint.MEMCG,
        List.copyOf(readings),
        OptionalLong.of(new Cursor(rest, pid + ",pid=".length()).number()),
        OptionalLong.of(new Cursor(rest, uid + ",uid=".length()).number()));
  }

  /**
   * {@code <path>,task_memcg=<path>,task=<comm>}. If there are several ways, the second path is at
   * or below the first.
   */
  private static void readMemcg(String names, List<Reading> readings) {
    for (int task = nextTask(names, 0); task >= 0; task = nextTask(names, task + 1)) {
      String comm = names.substring(task + TASK.length());
      for (int memcg = names.indexOf(TASK_MEMCG + "/");
          memcg >= 0 && memcg < task && readings.size() < MOST_READINGS;
          memcg = names.indexOf(TASK_MEMCG + "/", memcg + 1)) {
        String oomCgroup = names.substring(0, memcg);
        String victimCgroup = names.substring(memcg + TASK_MEMCG.length(), task);
        readings.add(
            new Reading(Optional.of(oomCgroup), Optional.of(victimCgroup), Optional.of(comm)));
      }
    }
    if (readings.size() > 1) {
      readings.removeIf(r -> !CgroupPath.isAtOrBelow(r.victimPath(), r.oomPath()));
    }
  }

  /** {@code <path>,task=<comm>}; without memory cgroups, the name alone. */
  private static void readGlobal(String names, boolean hasPath, List<Reading> readings) {
    for (int task = nextTask(names, 0); task >= 0; task = nextTask(names, task + 1)) {
      Optional<String> path = hasPath ? Optional.of(names.substring(0, task)) : Optional.empty();
      Optional<String> comm = Optional.of(names.substring(task + TASK.length()));
      readings.add(new Reading(Optional.empty(), path, comm));
    }
  }

  /** The next {@code ,task=} that can be the kernel's: what follows is short enough for a name. */
  private static int nextTask(String names, int from) {
    int at = names.indexOf(TASK, Math.max(from, names.length() - TASK.length() - Comm.LONGEST));
    while (at >= 0 && !Comm.isPossible(names.substring(at + TASK.length()))) {
      at = names.indexOf(TASK, at + 1);
    }
    return at;
  }

  /** Of a line that was cut: the paths of which the next field shows where they end. */
  private static Optional<Reading> cut(OomConstraint constraint, String rest) {
    int scope = rest.indexOf(OOM_MEMCG + "/");
    int from = scope + OOM_MEMCG.length();
    int memcg = rest.indexOf(TASK_MEMCG, from);
    if (constraint != OomConstraint.MEMCG
        || scope < 0
        || memcg < 0
        || rest.indexOf(TASK_MEMCG, memcg + 1) >= 0) {
      return Optional.empty();
    }
    int task = rest.indexOf(TASK, memcg);
    boolean ends = task >= 0 && rest.indexOf(TASK, task + 1) < 0;
    return Optional.of(
        new Reading(
            Optional.of(rest.substring(from, memcg)),
            ends
                ? Optional.of(rest.substring(memcg + TASK_MEMCG.length(), task))
                : Optional.empty(),
            Optional.empty()));
  }

  /** Where {@code <key><digits>} starts that ends at {@code end}, or -1. */
  private static int numberBefore(String text, int end, String key) {
    int digits = end;
    while (digits > 0 && text.charAt(digits - 1) >= '0' && text.charAt(digits - 1) <= '9') {
      digits--;
    }
    int start = digits - key.length();
    return digits < end && start >= 0 && text.startsWith(key, start) ? start : -1;
  }

  /**
   * The readings that agree with the kill line's name, and, where that leaves several, with the
   * cgroup whose statistics were printed.
   */
  List<CgroupCandidate> resolve(String comm, Optional<String> statsCgroup) {
    if (readings.size() == 1) {
      Reading only = readings.get(0);
      return List.of(new CgroupCandidate(only.oomCgroup(), only.victimCgroup()));
    }
    List<Reading> left = narrowed(readings, r -> r.comm().equals(Optional.of(comm)));
    if (left.size() > 1 && statsCgroup.isPresent()) {
      left = narrowed(left, r -> r.oomCgroup().equals(statsCgroup));
    }
    return left.stream()
        .map(reading -> new CgroupCandidate(reading.oomCgroup(), reading.victimCgroup()))
        .distinct()
        .toList();
  }

  /** The victim's name, if all readings agree. */
  Optional<String> comm() {
    Optional<String> comm = readings.isEmpty() ? Optional.empty() : readings.get(0).comm();
    for (Reading reading : readings) {
      if (!reading.comm().equals(comm)) {
        return Optional.empty();
      }
    }
    return comm;
  }

  private static List<Reading> narrowed(List<Reading> readings, Predicate<Reading> test) {
    List<Reading> left = readings.stream().filter(test).toList();
    return left.isEmpty() ? readings : left;
  }
}
