package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One thread, many watches; the log is a file that stands in for the device. */
@Timeout(60)
class LogReaderTest {

  @TempDir private Path folder;
  private Path file;
  private KernelLog log;

  @BeforeEach
  void anEmptyLog() throws IOException {
    file = Files.createFile(folder.resolve("kmsg"));
    log = KernelLog.at(file);
  }

  private void write(String... records) throws IOException {
    Files.writeString(file, String.join("", records), StandardOpenOption.APPEND);
  }

  private static String kill(long sequence) {
    return "3,%d,1000,-;Out of memory: Killed process %d (x) total-vm:9kB, anon-rss:8kB, file-rss:7kB\n"
        .formatted(sequence, sequence);
  }

  @Test
  void oneThreadReadsForAll() throws IOException {
    List<KernelLogWatch> watches = new ArrayList<>();
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    for (int i = 0; i < 20; i++) {
      watches.add(log.watch(kill -> threads.add(Thread.currentThread())));
    }
    write(kill(1));
    Thread thread = take(threads);
    for (int i = 1; i < 20; i++) {
      assertThat(take(threads)).isSameAs(thread);
    }
    for (int i = 0; i < 19; i++) {
      watches.get(i).close();
    }
    write(kill(2));
    assertThat(take(threads)).isSameAs(thread);
    watches.get(19).close();
    assertThat(thread.isAlive()).isFalse();
    try (KernelLogWatch again = log.watch(kill -> threads.add(Thread.currentThread()))) {
      write(kill(3));
      assertThat(take(threads)).isNotSameAs(thread);
      assertThat(again.failure()).isEmpty();
    }
    assertThat(threads).isEmpty();
  }

  private static <T> T take(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came within 30 s");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatOneListenerThrowsIsNoneOfTheOthersBusiness() throws IOException {
    Told told = new Told();
    try (KernelLogWatch error =
            log.watch(
                kill -> {
                  Thread.currentThread().interrupt();
                  throw new NoClassDefFoundError("listener");
                });
        KernelLogWatch watch = log.watch(KernelLogStart.now(), told)) {
      write(kill(1));
      told.expect("kill 1");
      write(kill(2));
      told.expect("kill 2");
      assertThat(error.failure()).isEmpty();
      assertThat(watch.failure()).isEmpty();
    }
  }

  @Test
  void aWatchIsClosedWhileAnotherIsBusy() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    Told told = new Told();
    KernelLogWatch busy =
        log.watch(
            kill -> {
              called.countDown();
              awaitQuietly(mayReturn);
            });
    KernelLogWatch other = log.watch(KernelLogStart.now(), told);
    write(kill(1));
    assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
    write(kill(2));
    busy.close(); // returns, though its listener does not
    other.close();
    int before = told.words.size();
    mayReturn.countDown();
    try (KernelLogWatch next = log.watch(KernelLogStart.oldest(), told)) {
      // Another thread or the same: in either case nothing more of the closed ones.
      List<String> words = new ArrayList<>();
      while (!words.contains("kill 2")) {
        words.add(take(told.words));
      }
      assertThat(words).hasSizeLessThanOrEqualTo(2 + before);
      assertThat(next.failure()).isEmpty();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSlowListenerLosesNothingThatIsStillThere() throws IOException {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
    try (KernelLogWatch watch =
        log.watch(
            kill -> {
              awaitQuietly(mayGoOn);
              seen.add(kill.victim().pid());
            })) {
      int most = 3 * Outbox.MOST_ITEMS;
      StringBuilder storm = new StringBuilder();
      for (int i = 1; i <= most; i++) {
        storm.append(kill(i));
      }
      write(storm.toString());
      mayGoOn.countDown();
      for (long pid = 1; pid <= most; pid++) {
        assertThat(take(seen)).isEqualTo(pid);
      }
      assertThat(watch.lost()).isZero();
    }
  }
}
