package io.github.oom4j.cgroup;

import io.github.oom4j.Limit;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The limit that holds for a cgroup in the end, and whose it is: the tightest of its own, of those
 * of all cgroups above it, and of the machine. Of two that are alike the nearer one counts, since
 * the kernel meets it first. What others below the same cgroup use takes from it. Immutable.
 *
 * @param file which setting this is about, such as {@code memory.max}
 * @param limit the limit; none if nobody set one
 * @param holder who holds it
 * @param cgroup the cgroup that holds it; empty if it is not {@link Holder#CGROUP}
 * @param complete whether all cgroups above could be looked at. If false, a cgroup namespace or a
 *     container's mount hides the upper ones, and one of those may hold a tighter limit
 */
public record EffectiveLimit(
    String file, Limit limit, Holder holder, Optional<Cgroup> cgroup, boolean complete) {

  /** Who holds a limit. */
  public enum Holder {
    /** The cgroup itself or a visible one above it. */
    CGROUP,
    /** A cgroup above that is hidden from this process, but whose limit v1 tells. */
    HIDDEN_CGROUP,
    /** The machine: its RAM, or its swap space. */
    MACHINE,
    /** Nobody: there is no limit. */
    NOBODY
  }

  static EffectiveLimit of(String file, Ceiling ceiling, CgroupPlace place) {
    Optional<Cgroup> holder =
        Stream.concat(Stream.of(place), place.above().stream())
            .filter(one -> ceiling.place().equals(Optional.of(one.path())))
            .findFirst()
            .map(Cgroup::new);
    return new EffectiveLimit(file, ceiling.limit(), ceiling.holder(), holder, ceiling.complete());
  }

  /**
   * The limit in a sentence.
   *
   * @return for example {@code 64Mi: memory.max of cgroup /system.slice/a.service}
   */
  public String explain() {
    String whose =
        switch (holder) {
          case CGROUP -> file + cgroup.map(c -> " of cgroup " + c.name()).orElse("");
          case HIDDEN_CGROUP -> file + " of a cgroup above that is hidden from this process";
          case MACHINE -> "all that the machine has";
          case NOBODY -> "no cgroup sets " + file;
        };
    return limit
        + ": "
        + whose
        + (complete ? "" : "; cgroups above that are hidden from this process may allow less");
  }
}
