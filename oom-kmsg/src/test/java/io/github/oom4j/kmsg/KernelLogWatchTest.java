package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.guest.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watches of a file that stands in for the device; the test plays the kernel. */
@Timeout(60)
class KernelLogWatchTest {

  private static final UUID THIS_BOOT = new UUID(0, 0);

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

  private static String header(long sequence) {
    return "4,%d,1000,-;x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
        .formatted(sequence);
  }

  private static String noise(long sequence) {
    return "6,%d,1000,-;eth0: link up\n".formatted(sequence);
  }

  private static KernelLogStart at(long sequence) {
    return KernelLogStart.at(new KernelLogCursor(THIS_BOOT, sequence));
  }

  @Test
  void aWatchBeginsWhereItIsToldTo() throws IOException {
    write(kill(10), noise(11), kill(12), kill(13));
    Told all = new Told();
    Told some = new Told();
    Told none = new Told();
    try (KernelLogWatch one = log.watch(KernelLogStart.oldest(), all);
        KernelLogWatch two = log.watch(KernelLogStart.sequence(12), some);
        KernelLogWatch three = log.watch(KernelLogStart.now(), none)) {
      all.expect("kill 10", "kill 12", "kill 13");
      some.expect("kill 12", "kill 13");
      write(kill(14));
      all.expect("kill 14");
      some.expect("kill 14");
      none.expect("kill 14");
      assertThat(one.lost() + two.lost() + three.lost()).isZero();
    }
  }

  @Test
  void aTimeMeansNothingInALogOfAnotherKernel() {
    assertThatThrownBy(() -> log.watch(KernelLogStart.since(Instant.now()), new Told()))
        .isInstanceOf(UnsupportedKernelException.class);
  }

  @Test
  void whatIsMissingIsCountedWhereItIsMissing() throws IOException {
    write(kill(10));
    Told told = new Told();
    try (KernelLogWatch watch = log.watch(KernelLogStart.sequence(7), told)) {
      told.expect("lost 3", "kill 10 truncated");
      write(noise(11), noise(21), kill(22));
      told.expect("lost 9", "kill 22");
      assertThat(watch.lost()).isEqualTo(12);
    }
  }

  @Test
  void aLossBeforeTheFirstRecordIsCountedToo() throws IOException {
    write(noise(10));
    Told told = new Told();
    try (KernelLogWatch watch = log.watch(KernelLogStart.now(), told)) {
      write(kill(15));
      told.expect("lost 4", "kill 15 truncated");
      assertThat(watch.lost()).isEqualTo(4);
    }
  }

  @Test
  void aReportWithALossInItIsTruncated() throws IOException {
    Told told = new Told();
    try (KernelLogWatch watch = log.watch(KernelLogStart.now(), told)) {
      write(header(1), kill(2), header(3), kill(5), header(6), kill(90), header(91), kill(92));
      told.expect(
          "kill 2", "lost 1", "kill 5 truncated", "lost 83", "kill 90 truncated", "kill 92");
      // Not by what comes after something else.
      write(noise(100), kill(101));
      told.expect("lost 7", "kill 101");
      // The head of a report is lost.
      write("6,110,1000,-;memory: usage 1kB, limit 1kB, failcnt 1\n", kill(111));
      told.expect("lost 8", "kill 111 truncated");
      assertThat(watch.failure()).isEmpty();
    }
  }

  @Test
  void aCursorGoesOnWhereTheLastWatchStopped() throws IOException {
    write(kill(10), kill(11));
    Told before = new Told();
    String stored;
    try (KernelLogWatch watch = log.watch(KernelLogStart.oldest(), before)) {
      before.expect("kill 10", "kill 11");
      stored = settled(watch, 12);
    }
    write(kill(12), kill(13));
    Told after = new Told();
    KernelLogCursor cursor = KernelLogCursor.parse(stored).orElseThrow();
    try (KernelLogWatch watch = log.watch(KernelLogStart.at(cursor), after)) {
      after.expect("kill 12", "kill 13");
      assertThat(settled(watch, 14)).isEqualTo("boot=" + THIS_BOOT + ",seq=14");
      assertThat(watch.lost()).isZero();
    }
  }

  /** The cursor moves when the listener has returned. */
  private static String settled(KernelLogWatch watch, long sequence) {
    Await.until(() -> watch.cursor().sequence() >= sequence);
    return watch.cursor().toString();
  }

  @Test
  void aCursorInAReportIsTheReportsBeginning() throws IOException {
    Told told = new Told();
    try (KernelLogWatch watch = log.watch(KernelLogStart.now(), told)) {
      write(kill(10), header(11), "4,12,1000,-;CPU: 0 PID: 1 Comm: x Not tainted 6.1 #1\n");
      told.expect("kill 10");
      assertThat(settled(watch, 11)).endsWith(",seq=11");
      write(kill(13));
      told.expect("kill 13");
      assertThat(settled(watch, 14)).endsWith(",seq=14");
    }
  }

  @Test
  void aCursorAskedByTheListenerCountsItsKillAsDone() throws IOException {
    BlockingQueue<Long> asked = new LinkedBlockingQueue<>();
    BlockingQueue<KernelLogWatch> own = new LinkedBlockingQueue<>();
    CountDownLatch done = new CountDownLatch(3);
    try (KernelLogWatch watch =
        log.watch(
            kill -> {
              KernelLogWatch self = own.peek();
              while (self == null) {
                self = own.peek();
              }
              asked.add(self.cursor().sequence());
              done.countDown();
            })) {
      own.add(watch);
      write(kill(10), kill(11), kill(12));
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(asked).containsExactly(11L, 12L, 13L);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCursorOfAnotherBootBeginsWithTheOldestRecord() throws IOException {
    write(kill(10));
    Told told = new Told();
    KernelLogCursor other = new KernelLogCursor(UUID.randomUUID(), 5000);
    try (KernelLogWatch watch = log.watch(KernelLogStart.at(other), told)) {
      told.expect("other boot 5000", "kill 10");
      assertThat(watch.lost()).isZero();
      assertThat(settled(watch, 11)).isEqualTo("boot=" + THIS_BOOT + ",seq=11");
    }
  }

  @Test
  void aCursorAheadOfTheLogIsOfAnotherLifeOfTheMachine() throws IOException {
    write(kill(10), kill(11));
    Told told = new Told();
    try (KernelLogWatch watch = log.watch(at(13), told)) {
      told.expect("other boot 13", "kill 10", "kill 11");
      assertThat(watch.lost()).isZero();
    }
    Told nothingNew = new Told();
    try (KernelLogWatch watch = log.watch(at(12), nothingNew)) {
      write(kill(12));
      nothingNew.expect("kill 12");
      assertThat(watch.lost()).isZero();
    }
  }

  @Test
  void cursorsAreReadAsTheyAreWritten() {
    KernelLogCursor cursor = new KernelLogCursor(UUID.randomUUID(), 4711);
    assertThat(KernelLogCursor.parse(cursor.toString())).contains(cursor);
    for (String text :
        List.of(
            "",
            "boot=,seq=1",
            "boot=1-1-1-1-1,seq=1",
            cursor + "1234567890123456",
            " " + cursor,
            cursor + "\n",
            "boot=" + cursor.bootId() + ",seq=-1")) {
      assertThat(KernelLogCursor.parse(text)).as(text).isEmpty();
    }
    assertThatThrownBy(() -> new KernelLogCursor(cursor.bootId(), -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KernelLogStart.sequence(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
