package io.github.oom4j.guest;

import java.util.Optional;
import java.util.function.Supplier;

/** Something that a test needs of the machine, each with a probe of the running machine. */
public enum Need {
  /** A Linux kernel with /proc. */
  LINUX(Probes::linux),
  /** An effective uid of 0. */
  ROOT(() -> Probes.uid() == 0 ? Optional.empty() : Optional.of("effective uid is not 0")),
  /** An effective uid other than 0. */
  UNPRIVILEGED(() -> Probes.uid() > 0 ? Optional.empty() : Optional.of("effective uid is 0")),
  /** The right to read /dev/kmsg. */
  KMSG(Probes::kmsg),
  /** A mounted cgroup v1 hierarchy with the memory controller. */
  CGROUP_V1(CgroupProbe::v1),
  /** A mounted cgroup v2 hierarchy with the memory controller. */
  CGROUP_V2(CgroupProbe::v2),
  /** A place of either version where this process may create a cgroup with a memory limit. */
  MEMORY_CGROUP(CgroupProbe::writable),
  /** The cpuset controller on cgroup v2. */
  CPUSET(CgroupProbe::cpuset),
  /** systemd as init and a system bus that answers. Creating units there takes {@link #ROOT}. */
  SYSTEMD_SYSTEM_BUS(BusProbe::system),
  /** A systemd user manager for this uid with a bus that answers. */
  SYSTEMD_USER_BUS(BusProbe::user),
  /** Pressure stall information that can be read. */
  PSI(() -> Probes.readable("/proc/pressure/memory")),
  /** Swap that is on. */
  SWAP(Probes::swap),
  /** Two or more NUMA nodes. */
  NUMA(Probes::numa),
  /** Two or more processors. */
  SMP(
      () ->
          Runtime.getRuntime().availableProcessors() > 1
              ? Optional.empty()
              : Optional.of("one processor only")),
  /** The capability to lower an oom_score_adj. */
  CAP_SYS_RESOURCE(
      () -> Probes.capable(24) ? Optional.empty() : Optional.of("CapEff lacks CAP_SYS_RESOURCE")),
  /** The absence of the capability to lower an oom_score_adj. */
  NO_CAP_SYS_RESOURCE(
      () -> Probes.capable(24) ? Optional.of("CapEff has CAP_SYS_RESOURCE") : Optional.empty()),
  /** A throw-away guest: the test may run the whole machine out of memory. */
  GUEST(
      () ->
          Guest.name().isPresent()
              ? Optional.empty()
              : Optional.of("not in a guest: run guest/test"));

  // The probes hold no state; a Supplier cannot say so.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Supplier<Optional<String>> probe;

  Need(Supplier<Optional<String>> probe) {
    this.probe = probe;
  }

  /**
   * Probes the running machine now.
   *
   * @return empty if the need is met, else exactly what is missing
   */
  public Optional<String> missing() {
    return probe.get();
  }
}
