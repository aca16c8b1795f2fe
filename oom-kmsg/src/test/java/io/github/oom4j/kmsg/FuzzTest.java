package io.github.oom4j.kmsg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutates captured logs for as long as {@code oom4j.fuzz.seconds} says, from a new seed each time.
 * {@code fuzz/run} does the same guided by coverage. An input that fails is printed in hex; kept as
 * a file in {@code src/test/resources/fuzz} it is tested for ever.
 */
class FuzzTest {

  private static final Duration LENGTH =
      Duration.ofSeconds(Long.getLong("oom4j.fuzz.seconds", 10L));

  /** Names and signs that the grammars look for. */
  private static final List<byte[]> WORDS =
      Stream.of(
              "Killed process ",
              " invoked oom-killer: gfp_mask=0x",
              "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=",
              ",oom_memcg=/",
              ",task_memcg=/",
              ",task=",
              ",pid=1,uid=0",
              "Tasks in /",
              " are going to be killed due to memory.oom.group set",
              ") total-vm:",
              "kB, ",
              "[  pid  ]",
              "\\x0a",
              "\\x",
              "\n",
              "\r\n",
              ",c;",
              "3,7,9,-;",
              "[    1.0] ",
              "[T1]",
              " kernel: ",
              "2026-01-02T03:04:05,000006+00:00 ",
              "99999999999999999999",
              "-1",
              "\u00e4\ufffd")
          .map(word -> word.getBytes(StandardCharsets.UTF_8))
          .toList();

  private final Random random = new Random();
  private final List<byte[]> seeds = FuzzCorpus.seeds();

  @Test
  void whateverMustHoldHoldsForMutatedLogs() {
    FuzzTarget.forgetImmortals();
    long end = System.nanoTime() + LENGTH.toNanos();
    long inputs = 0;
    long before = usedMemory();
    while (System.nanoTime() < end) {
      for (int i = 0; i < 100; i++, inputs++) {
        byte[] input = mutated();
        try {
          FuzzTarget.fuzzerTestOneInput(input);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
          throw new AssertionError(e + " for input " + HexFormat.of().formatHex(input), e);
        }
      }
    }
    System.out.println("fuzzed " + inputs + " inputs in " + LENGTH.toSeconds() + " s");
    assertThat(usedMemory() - before).isLessThan(64L << 20);
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private byte[] mutated() {
    byte[] input = any(seeds).clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      input = mutate(input);
    }
    return input;
  }

  private byte[] mutate(byte[] input) {
    int at = random.nextInt(input.length);
    int to = Math.min(input.length, at + 1 + random.nextInt(64));
    return switch (random.nextInt(7)) {
      case 0 -> replaced(input, at, to, new byte[0]);
      case 1 -> replaced(input, at, at, any(WORDS));
      case 2 -> replaced(input, at, to, any(WORDS));
      case 3 -> replaced(input, at, at, Arrays.copyOfRange(input, at, to));
      case 4 -> {
        byte[] other = any(seeds);
        int from = random.nextInt(other.length);
        yield replaced(input, at, to, Arrays.copyOfRange(other, from, other.length));
      }
      case 5 -> Arrays.copyOf(input, at + 1);
      default -> {
        input[at] = (byte) random.nextInt();
        yield input;
      }
    };
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    int rest = Math.min(input.length - to, FuzzTarget.LONGEST_INPUT);
    byte[] output = Arrays.copyOf(input, from + by.length + rest);
    System.arraycopy(by, 0, output, from, by.length);
    System.arraycopy(input, to, output, from + by.length, rest);
    return output.length == 0 ? new byte[1] : output;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  static List<Path> findings() {
    return FuzzCorpus.findings();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("findings")
  void whatFailedOnceHolds(Path input) throws IOException {
    byte[] bytes = Files.readAllBytes(input);
    assertThatCode(() -> FuzzTarget.fuzzerTestOneInput(bytes)).doesNotThrowAnyException();
  }
}
