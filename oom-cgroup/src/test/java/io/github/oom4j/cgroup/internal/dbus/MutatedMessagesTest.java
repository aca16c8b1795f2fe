package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Real messages, damaged in every way: read, or refused by the one exception for that. */
class MutatedMessagesTest {

  private static final int ROUNDS = 100_000;

  private static final int[] EVIL = {
    0, 1, -1, 0x7fff_ffff, 0x8000_0000, 64 << 20, (64 << 20) + 1, 128 << 20, 0xff, 0x100
  };

  private final MatchRule rule =
      new MatchRule(
          "org.freedesktop.systemd1",
          "/org/freedesktop/systemd1",
          "org.freedesktop.systemd1.Manager",
          "JobRemoved",
          2,
          "oom4j-capture.scope");

  @Test
  void aDamagedMessageIsReadOrRefused() throws Exception {
    List<ByteBuffer> seeds = new ArrayList<>();
    for (ByteBuffer message : Recorded.messages()) {
      seeds.add(message);
      seeds.add(OtherEndian.of(message));
    }
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      ByteBuffer damaged = damage(seeds.get(random.nextInt(seeds.size())), random);
      refused += isRefused(damaged) ? 1 : 0;
    }
    assertThat(refused).as("both ways were taken").isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
  }

  private boolean isRefused(ByteBuffer bytes) {
    try {
      Message.lengthOf(bytes.slice(0, Message.PREFIX));
      Message message = Message.decode(bytes);
      rule.matches(message);
      message.arguments();
      assertThat(message.toString()).isNotEmpty();
      return false;
    } catch (ProtocolException e) {
      return true;
    } catch (RuntimeException | Error e) {
      return fail("on " + HexFormat.of().formatHex(toArray(bytes)), e);
    }
  }

  private static byte[] toArray(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }

  private static ByteBuffer damage(ByteBuffer seed, Random random) {
    ByteBuffer bytes = ByteBuffer.allocate(seed.capacity() + 16).put(seed.duplicate().rewind());
    bytes.flip().order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(bytes.limit());
      switch (random.nextInt(5)) {
        case 0 -> bytes.put(at, (byte) random.nextInt());
        case 1 -> bytes.put(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(8))));
        case 2 -> bytes.putInt(at / 4 * 4 % (bytes.limit() / 4 * 4), evil(random));
        case 3 -> bytes.put(at, bytes.get(random.nextInt(bytes.limit())));
        default ->
            bytes.limit(
                Math.max(Message.PREFIX, Math.min(bytes.capacity(), bytes.limit() + at % 9 - 4)));
      }
    }
    return bytes.slice();
  }

  private static int evil(Random random) {
    return EVIL[random.nextInt(EVIL.length)];
  }
}
