package io.github.oom4j;

/** How far the evidence carries a verdict. */
public enum Confidence {
  /** Nothing else fits the evidence. */
  CERTAIN,
  /** The most likely explanation; another one is possible, and the verdict says which. */
  LIKELY,
  /**
   * No OOM kill was seen, but what would have shown one could not be read. This is not "no OOM
   * kill".
   */
  INCOMPLETE
}
