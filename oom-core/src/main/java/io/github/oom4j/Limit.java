package io.github.oom4j;

import java.util.Optional;

/**
 * A memory limit: a size, or none. Immutable and thread-safe.
 *
 * <p>The kernel and systemd each have their own word for "no limit" ({@code max} in cgroup v2,
 * {@code infinity} in units, a huge number in cgroup v1 and in logs); here it is {@link #none()}.
 *
 * @param size the limit, or empty where there is none
 */
public record Limit(Optional<ByteSize> size) {

  /** Logs print 2^63 rounded down to pages, in kB; the page size decides the last digits. */
  private static final long UNLIMITED_KIB = 1L << 52;

  private static final Limit NONE = new Limit(Optional.empty());

  /**
   * No limit.
   *
   * @return the limit that everything fits in
   */
  public static Limit none() {
    return NONE;
  }

  /**
   * A limit of that size.
   *
   * @param size the most that may be used
   * @return the limit
   */
  public static Limit of(ByteSize size) {
    return new Limit(Optional.of(size));
  }

  /**
   * A limit as the kernel's log and cgroup v1 files express it: a number, where 2<sup>62</sup>
   * bytes and more stand for "none".
   *
   * @param kibibytes the limit in KiB, 0 or more
   * @return the limit
   */
  public static Limit ofKibibytes(long kibibytes) {
    return kibibytes >= UNLIMITED_KIB ? NONE : of(ByteSize.kibibytes(kibibytes));
  }

  /**
   * Reads {@code max} (cgroup v2), {@code infinity} (systemd), or a size as {@link
   * ByteSize#parse(CharSequence)} does.
   *
   * @param text the limit
   * @return the limit
   * @throws IllegalArgumentException if the text is none of these; the message quotes it
   */
  public static Limit parse(String text) {
    return text.equals("max") || text.equals("infinity") ? NONE : of(ByteSize.parse(text));
  }

  /**
   * Whether there is no limit.
   *
   * @return true if any size is allowed
   */
  public boolean isNone() {
    return size.isEmpty();
  }

  /**
   * The tighter of two limits.
   *
   * @param other the other limit
   * @return the smaller one; none only if both are
   */
  public Limit min(Limit other) {
    if (isNone() || other.isNone()) {
      return isNone() ? other : this;
    }
    return size.orElseThrow().compareTo(other.size.orElseThrow()) <= 0 ? this : other;
  }

  /** The size as {@code free -h} prints it, or {@code max}. */
  @Override
  public String toString() {
    return size.map(ByteSize::toString).orElse("max");
  }
}
