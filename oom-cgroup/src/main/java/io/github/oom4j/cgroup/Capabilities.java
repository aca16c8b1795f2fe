package io.github.oom4j.cgroup;

import io.github.oom4j.DeniedException;
import io.github.oom4j.MemInfo;
import io.github.oom4j.OomException;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.OomRanking;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.VmSettings;
import io.github.oom4j.cgroup.internal.Privileges;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What of oom4j works on this machine for this user, and why the rest does not. Immutable: what was
 * found when {@link #probe()} looked.
 *
 * <pre>{@code
 * System.out.print(Capabilities.probe().toTable());
 * }</pre>
 */
public final class Capabilities {

  /** Something that oom4j can do where the kernel, the set-up and the user's rights allow it. */
  public enum Feature {
    /** Read memory and overcommit settings: {@link MemInfo}, {@link VmSettings}. */
    MEMORY("memory", "read /proc/meminfo and /proc/sys/vm"),
    /** Rank processes by who dies next: {@link OomRanking}. */
    RANKING("ranking", "tell who dies next"),
    /** Lower an {@code oom_score_adj}, which protects a process; raising needs no right. */
    PROTECT("protect", "lower an oom_score_adj"),
    /** Read the kernel's own records of OOM kills. */
    KERNEL_LOG("kernel-log", "quote the kernel's records of kills"),
    /** Make boxes in scopes of the system's systemd. */
    SYSTEMD("systemd", "make boxes in scopes of the system's systemd"),
    /** Make boxes in scopes of the user's systemd. */
    SYSTEMD_USER("systemd-user", "make boxes in scopes of the user's systemd"),
    /** Make boxes by direct writes to cgroup v2. */
    CGROUPFS("cgroupfs", "make boxes by writes to cgroup v2"),
    /** Make boxes by direct writes to cgroup v1. */
    CGROUP_V1("cgroup-v1", "make boxes by writes to cgroup v1"),
    /** Read how often this JVM's cgroup met its limits: {@link Cgroup#events()}. */
    MEMORY_EVENTS("memory-events", "count kills in a cgroup"),
    /** Be called on such events: {@link Cgroup#onMemoryEvents}. */
    EVENT_CALLBACKS("event-callbacks", "be called on kills and limits hit in a cgroup"),
    /** Be called on memory pressure of the machine: {@link MemoryPressure#onPressure}. */
    PRESSURE("pressure", "be called on memory pressure");

    private final String label;
    private final String purpose;

    Feature(String label, String purpose) {
      this.label = label;
      this.purpose = purpose;
    }

    /** Its name, such as {@code kernel-log}. */
    @Override
    public String toString() {
      return label;
    }
  }

  /** Any user may wait in windows of whole two seconds. */
  private static final PressureTrigger PRESSURE =
      PressureTrigger.some(Duration.ofMillis(150), Duration.ofSeconds(2));

  private final Map<Feature, Optional<String>> obstacles;

  private Capabilities(Map<Feature, Optional<String>> obstacles) {
    this.obstacles = Collections.unmodifiableMap(obstacles);
  }

  /**
   * Tries everything in a way that changes nothing. Asks systemd where there is one, and reads the
   * kernel's log, so that it takes some milliseconds. Never throws an {@link OomException}.
   *
   * @return what was found
   */
  public static Capabilities probe() {
    Map<Feature, Optional<String>> obstacles = new EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      obstacles.put(feature, obstacleOf(feature));
    }
    return new Capabilities(obstacles);
  }

  private static Optional<String> obstacleOf(Feature feature) {
    try {
      probe(feature);
      return Optional.empty();
    } catch (OomException e) {
      return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private static void probe(Feature feature) {
    switch (feature) {
      case MEMORY -> {
        MemInfo.read();
        VmSettings.read();
      }
      case RANKING -> {
        if (OomRanking.system().victims().isEmpty()) {
          throw new DeniedException(
              "no process of this machine can be seen in /proc; mount it without hidepid, or run"
                  + " as root");
        }
      }
      case PROTECT -> Privileges.needSysResource();
      case KERNEL_LOG ->
          OomKillSource.find()
              .orElseThrow(
                  () ->
                      new UnsupportedKernelException(
                          "nothing on the path reads the kernel's log; add oom-kmsg"))
              .recentKills();
      case SYSTEMD -> ScopeBackend.SYSTEMD.backend().parent();
      case SYSTEMD_USER -> ScopeBackend.SYSTEMD_USER.backend().parent();
      case CGROUPFS -> ScopeBackend.CGROUPFS.backend().parent();
      case CGROUP_V1 -> ScopeBackend.CGROUP_V1.backend().parent();
      case MEMORY_EVENTS -> Cgroup.self().events();
      case EVENT_CALLBACKS -> Cgroup.self().onMemoryEvents(change -> {}).close();
      case PRESSURE -> MemoryPressure.onPressure(PRESSURE, now -> {}).close();
    }
  }

  /**
   * Whether something works.
   *
   * @param feature what
   * @return true if the probe found nothing in its way
   */
  public boolean has(Feature feature) {
    return obstacle(feature).isEmpty();
  }

  /**
   * Why something does not work.
   *
   * @param feature what
   * @return the reason, and what would make it work; empty if it works. It is the message of the
   *     exception that its use would throw
   */
  public Optional<String> obstacle(Feature feature) {
    return obstacles.getOrDefault(feature, Optional.empty());
  }

  /**
   * All features, one a line: {@code yes} or {@code no}, what for, and why not.
   *
   * @return some lines, each with a newline at its end
   */
  public String toTable() {
    StringBuilder table = new StringBuilder();
    obstacles.forEach(
        (feature, obstacle) ->
            table.append(
                "%-3s  %-15s  %s%n"
                    .formatted(
                        obstacle.isEmpty() ? "yes" : "no",
                        feature,
                        feature.purpose + obstacle.map(": "::concat).orElse(""))));
    return table.toString();
  }

  /** What works and what does not, by name. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "Capabilities[", "]");
    obstacles.forEach(
        (feature, obstacle) -> text.add(feature + "=" + (obstacle.isEmpty() ? "yes" : "no")));
    return text.toString();
  }
}
