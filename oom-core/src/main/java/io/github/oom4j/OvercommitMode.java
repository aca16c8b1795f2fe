package io.github.oom4j;

import java.util.Optional;

/** How far the kernel lets programs reserve more memory than there is: vm.overcommit_memory. */
public enum OvercommitMode {
  /** 0: refuse only what is obviously too much. The default. */
  HEURISTIC(0),
  /** 1: grant everything. */
  ALWAYS(1),
  /**
   * 2: grant up to {@code CommitLimit}; allocations fail early instead of processes dying later.
   */
  NEVER(2);

  private final int value;

  OvercommitMode(int value) {
    this.value = value;
  }

  /**
   * The number that stands for it in {@code /proc/sys/vm/overcommit_memory}.
   *
   * @return 0, 1 or 2
   */
  public int value() {
    return value;
  }

  static Optional<OvercommitMode> of(int value) {
    for (OvercommitMode mode : values()) {
      if (mode.value == value) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
