package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Who makes the box, best first. */
public enum ScopeBackend {
  /**
   * A transient scope of the system's systemd, as {@code systemd-run --scope} makes it. Takes root,
   * systemd 230 or later, and the memory controller on cgroup v2.
   *
   * <p>The box is a cgroup of its own in the scope, beside that of a small shell which keeps the
   * scope until the counters are read. The scope stays for a second after its box was closed: the
   * next box of this JVM takes it over if it asks for the same {@link ScopeUnit}, without a name or
   * a time limit, and, since the description tells them, for the same limits. To make a new one
   * would cost it twice as much.
   */
  SYSTEMD("systemd"),
  /**
   * A transient scope of the user's systemd, as {@code systemd-run --user --scope} makes it, like
   * that of {@link #SYSTEMD}. Takes a user manager with the memory controller, which systemd gives
   * it since 244.
   */
  SYSTEMD_USER("systemd-user"),
  /**
   * Direct writes to cgroup v2. The box is a child of the nearest cgroup, from this JVM's own
   * upwards, that hands the memory controller to its children and that this user may write to.
   * Because a cgroup with such children holds no process itself, that is usually the parent of the
   * JVM's own cgroup: the box then is beside it, and not within its limit.
   */
  CGROUPFS("cgroupfs"),
  /**
   * Direct writes to the memory hierarchy of cgroup v1. The box is a child of this JVM's own cgroup
   * and thus within its limit.
   */
  CGROUP_V1("cgroup-v1");

  private final String label;

  ScopeBackend(String label) {
    this.label = label;
  }

  /**
   * Finds the best backend that works here for this user. Looks at files, asks systemd where there
   * is one, and changes nothing.
   *
   * @return which one, where its boxes are made, and why none that is better
   */
  public static BackendDetection detect() {
    Map<ScopeBackend, String> reasons = new EnumMap<>(ScopeBackend.class);
    for (ScopeBackend candidate : values()) {
      try {
        Path parent = candidate.backend().parent();
        return new BackendDetection(Optional.of(candidate), Optional.of(parent), reasons);
      } catch (OomException e) {
        reasons.put(candidate, e.getMessage() == null ? e.toString() : e.getMessage());
      }
    }
    return new BackendDetection(Optional.empty(), Optional.empty(), reasons);
  }

  /**
   * The backend of a name.
   *
   * @param name {@code systemd}, {@code systemd-user}, {@code cgroupfs} or {@code cgroup-v1}
   * @return the backend
   * @throws IllegalArgumentException if the name is another; the message lists those there are
   */
  public static ScopeBackend parse(String name) {
    return Arrays.stream(values())
        .filter(backend -> backend.label.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no backend of the name '" + name + "', only " + Arrays.toString(values())));
  }

  boolean isSystemd() {
    return this == SYSTEMD || this == SYSTEMD_USER;
  }

  Backend backend() {
    return switch (this) {
      case SYSTEMD -> new SystemdBackend(false);
      case SYSTEMD_USER -> new SystemdBackend(true);
      case CGROUPFS -> new CgroupV2Backend();
      case CGROUP_V1 -> new CgroupV1Backend();
    };
  }

  /** Its name, such as {@code cgroup-v1}. */
  @Override
  public String toString() {
    return label;
  }
}
