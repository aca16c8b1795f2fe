package io.github.oom4j.kmsg;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.UnsupportedKernelException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KernelLogTest {

  private static final String KILL =
      "Out of memory: Killed process %d (x) total-vm:9kB, anon-rss:8kB, file-rss:7kB";

  @TempDir Path folder;

  private static String record(int pid) {
    return "3," + pid + ",1000,-;" + KILL.formatted(pid) + "\n";
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aFileStandsInForTheDevice() throws IOException {
    Path file = write("kmsg", record(1) + record(2) + record(3).strip());
    assertThat(KernelLog.at(file).kills())
        .hasSize(3)
        .allMatch(OomKillEvent::trusted)
        .allMatch(kill -> kill.wallClock().isEmpty());
    assertThat(KernelLog.at(folder).kills()).hasSize(3);
    Files.createDirectory(folder.resolve("dev"));
    write("dev/kmsg", record(4));
    assertThat(KernelLog.at(folder).kills()).hasSize(1);
  }

  @Test
  void whatIsMissingIsNamed() {
    Path missing = folder.resolve("none");
    assertThatThrownBy(() -> KernelLog.at(missing).kills())
        .isInstanceOf(UnsupportedKernelException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> KernelLog.at(folder).kills())
        .isInstanceOf(UnsupportedKernelException.class)
        .hasMessageContaining("neither dev/kmsg nor kmsg");
    assertThatThrownBy(() -> KernelLog.parse(missing))
        .isInstanceOf(KernelIoException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> KernelLog.parse(folder))
        .isInstanceOf(KernelIoException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void emptyAndForeignFilesAreNoKills() throws IOException {
    assertThat(KernelLog.parse(write("empty", ""))).isEmpty();
    assertThat(KernelLog.parse(write("foreign", "\0\1\2 Killed process\n\n\n\u00ff"))).isEmpty();
    assertThat(KernelLog.at(write("kmsg", "no record\n\n")).kills()).isEmpty();
  }

  @Test
  void aSavedLogIsReadAsItIsAskedFor() {
    AtomicLong given = new AtomicLong();
    AtomicBoolean closed = new AtomicBoolean();
    InputStream endless =
        new InputStream() {
          private final byte[] text = (KILL.formatted(7) + "\nnoise\n").getBytes(UTF_8);

          @Override
          public int read() {
            return text[(int) (given.getAndIncrement() % text.length)];
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            for (int i = 0; i < length; i++) {
              bytes[offset + i] = (byte) read();
            }
            return length;
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    try (Stream<OomKillEvent> kills = KernelLog.parse(endless)) {
      Iterator<OomKillEvent> first = kills.iterator();
      assertThat(first.next().victim().pid()).isEqualTo(7);
      assertThat(given.get()).isLessThan(1 << 20);
    }
    assertThat(closed).isTrue();
  }

  @Test
  void aBrokenStreamIsReported() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("unplugged");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() -> KernelLog.parse(broken).toList())
        .isInstanceOf(KernelIoException.class)
        .hasMessageContaining("unplugged");
  }

  @Test
  void aWatchTellsOnlyWhatComesAfterItsStart() throws Exception {
    Path file = write("kmsg", record(1));
    BlockingQueue<OomKillEvent> kills = new LinkedBlockingQueue<>();
    try (KernelLogWatch watch = KernelLog.at(file).watch(kills::add)) {
      append(file, record(2).substring(0, 20));
      append(file, record(2).substring(20));
      OomKillEvent kill = take(kills);
      assertThat(kill.victim().pid()).isEqualTo(2);
      assertThat(kill.wallClock()).isPresent();
      append(file, record(3) + record(4));
      assertThat(take(kills).victim().pid()).isEqualTo(3);
      assertThat(take(kills).victim().pid()).isEqualTo(4);
      assertThat(watch.failure()).isEmpty();
    }
    assertThat(kills).isEmpty();
  }

  @Test
  void aGroupIsToldAsOneThoughItsLineComesLater() throws Exception {
    Path file = write("kmsg", "");
    BlockingQueue<OomKillEvent> kills = new LinkedBlockingQueue<>();
    try (KernelLogWatch watch = KernelLog.at(file).watch(kills::add)) {
      append(
          file,
          record(1)
              + "6,2,1000,-;Tasks in /g are going to be killed due to memory.oom.group set\n"
              + record(1)
              + record(5));
      assertThat(take(kills).groupKill()).isTrue();
      assertThat(take(kills).victim().pid()).isEqualTo(5);
      assertThat(watch.failure()).isEmpty();
    }
  }

  @Test
  void aListenerThatThrowsIsCalledAgain() throws Exception {
    Path file = write("kmsg", "");
    BlockingQueue<OomKillEvent> kills = new LinkedBlockingQueue<>();
    try (KernelLogWatch watch =
        KernelLog.at(file)
            .watch(
                kill -> {
                  kills.add(kill);
                  throw new IllegalStateException("listener");
                })) {
      append(file, record(1));
      take(kills);
      append(file, record(2));
      assertThat(take(kills).victim().pid()).isEqualTo(2);
      assertThat(watch.failure()).isEmpty();
    }
  }

  @Test
  void aWatchIsClosedFromAnywhereAnyNumberOfTimes() throws Exception {
    Path file = write("kmsg", "");
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    BlockingQueue<KernelLogWatch> self = new LinkedBlockingQueue<>();
    KernelLogWatch watch =
        KernelLog.at(file)
            .watch(
                kill -> {
                  take(self).close();
                  threads.add(Thread.currentThread());
                });
    self.add(watch);
    append(file, record(1));
    Thread thread = take(threads);
    assertThat(thread.getName()).isEqualTo("oom4j-kmsg");
    assertThat(thread.isDaemon()).isTrue();
    thread.join(30_000);
    assertThat(thread.isAlive()).isFalse();
    watch.close();
    watch.close();
  }

  @Test
  void theRingBufferIsTheSourceOfKillsForOtherModules() {
    assertThat(OomKillSource.find()).containsInstanceOf(OomKillSource.class);
    assertThat(OomKillSource.find().orElseThrow().getClass().getName())
        .isEqualTo("io.github.oom4j.kmsg.internal.RingBufferKills");
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
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

  @ParameterizedTest
  @ValueSource(ints = {16_383, 16_384, 16_385, 20_000, 32_768, 49_151, 49_152, 49_153, 200_000})
  void aLineOfAnyLengthIsPassedOver(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    for (int i = 0; i < length; i++) {
      noise[i] = noise[i] == '\n' ? 0 : noise[i];
    }
    String kill =
        "\nOut of memory: Killed process 7 (x) total-vm:44kB, anon-rss:40kB, file-rss:4kB,"
            + " shmem-rss:0kB, UID:0 pgtables:24kB oom_score_adj:0\n";
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    for (int i = 0; i < 3; i++) {
      log.writeBytes(noise);
      log.writeBytes(kill.getBytes(StandardCharsets.US_ASCII));
    }
    log.writeBytes(noise);

    assertThat(KernelLog.parse(new ByteArrayInputStream(log.toByteArray()))).hasSize(3);
  }
}
