package io.github.oom4j.kmsg;

import io.github.oom4j.OomEpisode;
import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomLogEvent;
import io.github.oom4j.OomReaped;
import io.github.oom4j.OomSuppressed;

/**
 * What a watch of the kernel's log tells, in the order of the log, on the thread {@code oom4j-kmsg}
 * that all watches share. So be short, or hand over to a thread of yours: while a listener is busy,
 * nothing is read, for nobody. Whatever a listener throws is logged at DEBUG and otherwise ignored.
 */
@FunctionalInterface
public interface KernelLogListener {

  /**
   * A process was killed.
   *
   * @param kill the kill
   */
  void onKill(OomKillEvent kill);

  /**
   * A process was killed: the same, with how well its time is known. Calls {@link
   * #onKill(OomKillEvent)} unless it is overridden.
   *
   * @param kill the kill
   * @param accuracy of {@link OomKillEvent#wallClock()}
   */
  default void onKill(OomKillEvent kill, WallClockAccuracy accuracy) {
    onKill(kill);
  }

  /**
   * The OOM killer said something else than that it killed: an {@link OomEpisode} that ended
   * without a kill, an {@link OomReaped} victim, or how many reports were {@link OomSuppressed}.
   *
   * @param event what it said
   */
  default void onEvent(OomLogEvent event) {}

  /**
   * The kernel has overwritten records before they were read: what was in them is not known, kills
   * among them perhaps. A report that was open at that point is {@link OomKillEvent#truncated()}.
   *
   * @param records how many, exactly, by their sequence numbers; 1 or more
   */
  default void onLost(long records) {}

  /**
   * The cursor that the watch was started at is not of this boot. What the kernel logged after it,
   * before the machine went down, can't be known here; the watch goes on with the oldest record of
   * this boot.
   *
   * @param cursor the cursor
   */
  default void onOtherBoot(KernelLogCursor cursor) {}

  /**
   * The watch has ended by itself, because the log could not be read on.
   *
   * @param failure why; also {@link KernelLogWatch#failure()}
   */
  default void onFailure(OomException failure) {}
}
