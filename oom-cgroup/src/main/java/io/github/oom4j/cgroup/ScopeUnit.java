package io.github.oom4j.cgroup;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How systemd is to see a box: settings of the transient scope (systemd.scope(5), systemd.unit(5)).
 * Immutable.
 *
 * <pre>{@code
 * builder.unit(ScopeUnit.any().withSlice("batch.slice").withRuntimeMax(Duration.ofMinutes(5)))
 * }</pre>
 *
 * @param name the unit's name, which ends in {@code .scope}; by default one that nobody ever had
 * @param slice the slice it is in, such as {@code batch.slice}; by default the manager's choice
 * @param description what {@code systemctl status} says of it
 * @param runtimeMax after what time systemd ends it, with SIGTERM and 5 s later SIGKILL: {@code
 *     RuntimeMaxSec=}, systemd 244
 */
public record ScopeUnit(
    Optional<String> name,
    Optional<String> slice,
    Optional<String> description,
    Optional<Duration> runtimeMax) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.\\\\-]{1,248}");

  /**
   * Checks the names.
   *
   * @param name the component of that name
   * @param slice the component of that name
   * @param description the component of that name
   * @param runtimeMax the component of that name
   * @throws IllegalArgumentException if a name is none that systemd takes, or the time is below a
   *     microsecond
   */
  public ScopeUnit {
    check(name, ".scope");
    check(slice, ".slice");
    if (runtimeMax.isPresent() && runtimeMax.get().compareTo(Duration.ofNanos(1000)) < 0) {
      throw new IllegalArgumentException("runtimeMax is at least 1 us, not " + runtimeMax.get());
    }
  }

  private static void check(Optional<String> unit, String suffix) {
    unit.filter(text -> !text.endsWith(suffix) || !NAME.matcher(text).matches())
        .ifPresent(
            text -> {
              throw new IllegalArgumentException(
                  "not the name of a unit that ends in " + suffix + ": '" + text + "'");
            });
  }

  /**
   * A scope about which nothing is asked.
   *
   * @return the defaults
   */
  public static ScopeUnit any() {
    return new ScopeUnit(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * These settings with a name. A start fails with a {@link io.github.oom4j.LaunchException} while
   * a unit of that name exists; one that is left over as failed is reset.
   *
   * @param name the unit's name, such as {@code import.scope}
   * @return new settings
   */
  public ScopeUnit withName(String name) {
    return new ScopeUnit(Optional.of(name), slice, description, runtimeMax);
  }

  /**
   * These settings with a slice, whose limits hold for the box too.
   *
   * @param slice the slice, such as {@code batch.slice}; made if it is not there
   * @return new settings
   */
  public ScopeUnit withSlice(String slice) {
    return new ScopeUnit(name, Optional.of(slice), description, runtimeMax);
  }

  /**
   * These settings with a description.
   *
   * @param description one line
   * @return new settings
   */
  public ScopeUnit withDescription(String description) {
    return new ScopeUnit(name, slice, Optional.of(description), runtimeMax);
  }

  /**
   * These settings with a time limit.
   *
   * @param runtimeMax the time from the start of the box
   * @return new settings
   */
  public ScopeUnit withRuntimeMax(Duration runtimeMax) {
    return new ScopeUnit(name, slice, description, Optional.of(runtimeMax));
  }
}
