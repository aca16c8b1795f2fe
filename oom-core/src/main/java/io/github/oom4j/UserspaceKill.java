package io.github.oom4j;

/**
 * The trace that a userspace OOM killer left of a kill. Immutable.
 *
 * @param killer the daemon's own name: {@code systemd-oomd}, {@code earlyoom}, {@code nohang}
 * @param trace what it was seen by: an extended attribute that it set, or its line in the journal.
 *     Text of a log may contain any character
 */
public record UserspaceKill(String killer, String trace) {}
