package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomKillEvent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a watch has told, one word each. */
final class Told implements KernelLogListener {
  final BlockingQueue<String> words = new LinkedBlockingQueue<>();

  @Override
  public void onKill(OomKillEvent kill) {
    words.add("kill " + kill.victim().pid() + (kill.truncated() ? " truncated" : ""));
  }

  @Override
  public void onLost(long records) {
    words.add("lost " + records);
  }

  @Override
  public void onOtherBoot(KernelLogCursor cursor) {
    words.add("other boot " + cursor.sequence());
  }

  void expect(String... expected) {
    for (String word : expected) {
      try {
        assertThat(words.poll(30, TimeUnit.SECONDS)).isEqualTo(word);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(words).isEmpty();
  }
}
