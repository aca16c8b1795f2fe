package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import io.github.oom4j.kmsg.internal.KmsgDevice;
import io.github.oom4j.kmsg.internal.RecordSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Watches of /dev/kmsg itself. */
@Isolated("one test floods the kernel log, another waits for it to be silent")
@Timeout(300)
class KernelLogWatchIT {

  private static final Path DEVICE = Path.of("/dev/kmsg");

  @Test
  @Needs(Need.KMSG)
  void oneThreadReadsForAllWatchesAndNoneIsLeft() throws Exception {
    KernelLog.follow(kill -> {}).close();
    List<KernelLogWatch> watches = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      watches.add(KernelLog.follow(kill -> {}));
    }
    awaitThreads(1);
    watches.forEach(KernelLogWatch::close);
    awaitThreads(0);
  }

  /** A thread names itself when it runs, and is gone a moment after it is joined. */
  private static void awaitThreads(int count) throws Exception {
    while (threads().size() != count) {
      Thread.sleep(10);
    }
  }

  /** The threads of that name, as the kernel lists them. */
  private static List<Path> threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(KernelLogWatchIT::isReader).toList();
    }
  }

  private static boolean isReader(Path task) {
    try {
      return Files.readString(task.resolve("comm")).equals("oom4j-kmsg\n");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Test
  @Needs(Need.KMSG)
  void aSilentLogWakesNobodyUp() throws Exception {
    try (KernelLogWatch one = KernelLog.follow(kill -> {});
        KernelLogWatch two = KernelLog.system().watch(KernelLogStart.oldest(), kill -> {})) {
      awaitThreads(1);
      Path thread = threads().get(0);
      for (int attempt = 0; attempt < 20; attempt++) {
        Thread.sleep(500); // until it has read what there is
        long newest = newest();
        long before = wakeUps(thread);
        Thread.sleep(3000);
        long after = wakeUps(thread);
        if (newest() == newest) {
          assertThat(after - before).isZero();
          assertThat(one.failure().or(two::failure)).isEmpty();
          return;
        }
      }
      assumeTrue(false, "this machine's kernel log is never silent for 3 s");
    }
  }

  private static long wakeUps(Path thread) throws IOException {
    return Files.readAllLines(thread.resolve("status")).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static long newest() {
    byte[] buffer = new byte[KernelLog.LARGEST_RECORD];
    long newest = -1;
    try (RecordSource source = KmsgDevice.open(DEVICE)) {
      for (int n = source.read(buffer); n != RecordSource.DRAINED; n = source.read(buffer)) {
        newest = n > 0 ? RawRecord.sequence(buffer, 0, n) : newest;
      }
    }
    return newest;
  }

  @Test
  @Needs({Need.ROOT, Need.KMSG, Need.MEMORY_CGROUP})
  void whatWasNotSeenBeforeARestartIsSeenAfterIt() throws Exception {
    KernelLogCursor cursor;
    try (OomBox box = OomBox.create()) {
      try (Followed before = Followed.from(KernelLogStart.now())) {
        long seen = box.kill();
        before.await(seen);
        Thread.sleep(200); // the cursor moves when the listener has returned
        cursor = before.watch().cursor();
      }
      long missed = box.kill();
      KernelLogCursor stored = KernelLogCursor.parse(cursor.toString()).orElseThrow();
      try (Followed after = Followed.from(KernelLogStart.at(stored))) {
        OomKillEvent kill = after.await(missed);
        assertThat(after.watch().lost()).isZero();
        assertThat(after.watch().cursor().bootId()).isEqualTo(stored.bootId());
        assertThat(kill.wallClock()).isPresent();
      }
    }
  }

  @Test
  @Needs({Need.ROOT, Need.KMSG, Need.MEMORY_CGROUP})
  void aTimeIsSaidToBeReadOrEstimated() throws Exception {
    BlockingQueue<WallClockAccuracy> told = new LinkedBlockingQueue<>();
    KernelLogListener listener =
        new KernelLogListener() {
          @Override
          public void onKill(OomKillEvent kill) {
            throw new AssertionError("the other method is overridden");
          }

          @Override
          public void onKill(OomKillEvent kill, WallClockAccuracy accuracy) {
            told.add(accuracy);
          }
        };
    try (OomBox box = OomBox.create()) {
      Instant before = Instant.now();
      try (KernelLogWatch watch = KernelLog.system().watch(KernelLogStart.now(), listener)) {
        box.kill();
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(WallClockAccuracy.READ);
        assertThat(watch.failure()).isEmpty();
      }
      told.clear();
      KernelLogStart start = KernelLogStart.since(before.minusSeconds(5));
      try (KernelLogWatch watch = KernelLog.system().watch(start, listener)) {
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(WallClockAccuracy.ESTIMATED);
        assertThat(watch.failure()).isEmpty();
      }
    }
  }

  /** In a guest, as it drives everybody else's records out of the ring. */
  @Test
  @Needs({Need.GUEST, Need.ROOT, Need.KMSG, Need.MEMORY_CGROUP})
  void whatTheKernelOverwritesIsCounted() throws Exception {
    CountDownLatch inListener = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    AtomicLong told = new AtomicLong();
    KernelLogListener stopped =
        new KernelLogListener() {
          @Override
          public void onKill(OomKillEvent kill) {
            inListener.countDown();
            try {
              mayGoOn.await(200, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }

          @Override
          public void onLost(long records) {
            told.addAndGet(records);
          }
        };
    try (OomBox box = OomBox.create();
        KernelLogWatch watch = KernelLog.system().watch(KernelLogStart.now(), stopped)) {
      box.kill();
      assertThat(inListener.await(60, TimeUnit.SECONDS)).isTrue();
      flood();
      long oldest = oldest();
      mayGoOn.countDown();
      long last = box.kill();
      try (Followed later = Followed.from(KernelLogStart.oldest())) {
        later.await(last);
      }
      assertThat(Await.until(() -> watch.cursor().sequence() > oldest)).isTrue();
      assertThat(watch.lost()).isPositive().isEqualTo(told.get());
      assertThat(watch.failure()).isEmpty();
    }
  }

  /** Writes into the ring until its oldest record is newer than the newest one was. */
  private static void flood() throws IOException {
    long newest = newest();
    byte[] line =
        ("<7>oom4j-kmsg-it " + "x".repeat(900) + "\n").getBytes(StandardCharsets.US_ASCII);
    // The limit on writes to /dev/kmsg is one of each opener.
    while (oldest() <= newest) {
      try (FileChannel device = FileChannel.open(DEVICE, StandardOpenOption.WRITE)) {
        for (int i = 0; i < 10; i++) {
          device.write(ByteBuffer.wrap(line));
        }
      }
    }
  }

  private static long oldest() {
    byte[] buffer = new byte[KernelLog.LARGEST_RECORD];
    try (RecordSource source = KmsgDevice.open(DEVICE)) {
      int n = source.read(buffer);
      while (n == RecordSource.LOST) {
        n = source.read(buffer);
      }
      return RawRecord.sequence(buffer, 0, n);
    }
  }
}
