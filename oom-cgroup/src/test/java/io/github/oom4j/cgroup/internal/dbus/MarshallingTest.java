package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values to bytes and back. */
class MarshallingTest {

  private static final int ROUNDS = 5_000;

  @Test
  void whatIsWrittenIsReadInEitherByteOrder() throws Exception {
    for (int seed = 0; seed < ROUNDS; seed++) {
      RandomValues random = new RandomValues(seed);
      String signature = random.signature();
      List<Object> values = random.values(signature);
      Message message = Message.of(Message.Type.METHOD_RETURN, 0, replyTo(7), signature, values);

      ByteBuffer bytes = message.encode(seed + 1L);

      assertThat(Message.lengthOf(bytes)).isEqualTo(bytes.remaining());
      Message little = Message.decode(bytes);
      Message big = Message.decode(OtherEndian.of(bytes));
      assertThat(little.arguments()).as("seed %d, %s", seed, signature).isEqualTo(values);
      assertThat(big.arguments()).as("seed %d, %s", seed, signature).isEqualTo(values);
      assertThat(big.serial()).isEqualTo(little.serial()).isEqualTo(seed + 1L);
      assertThat(big.repliesTo(7)).isTrue();
    }
  }

  @Test
  void noPrefixOfAMessageIsAMessage() throws Exception {
    for (int seed = 0; seed < 100; seed++) {
      RandomValues random = new RandomValues(seed);
      String signature = random.signature();
      ByteBuffer bytes =
          Message.of(Message.Type.METHOD_RETURN, 0, replyTo(7), signature, random.values(signature))
              .encode(1);
      for (int length = Message.PREFIX; length < bytes.capacity(); length++) {
        ByteBuffer cut = bytes.duplicate().limit(length).slice();
        assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Message.decode(cut));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h", "z", "a", "(", ")", "()", "(s", "a{", "a{s", "a{}", "a{s}", "a{ss", "a{sss}", "{ss}",
        "a{vs}", "a{(s)s}", "a{as}", "((s)", "s)", "\0", "a\u0000"
      })
  void aSignatureThatIsNoneIsRefused(String signature) {
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Signature.split(signature));
  }

  @Test
  void typesMayBeNestedAsDeepAsTheSpecificationSays() throws Exception {
    assertThat(Signature.split("a".repeat(32) + "y")).hasSize(1);
    assertThat(Signature.split("(".repeat(32) + "y" + ")".repeat(32))).hasSize(1);
    assertThat(Signature.split("y".repeat(255))).hasSize(255);
    for (String deep :
        List.of("a".repeat(33) + "y", "(".repeat(33) + "y" + ")".repeat(33), "y".repeat(256))) {
      assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Signature.split(deep));
    }
  }

  @Test
  void variantsMayBeNestedAsDeepAsTheSpecificationSays() throws Exception {
    assertThat(read("v", nested(64))).hasSize(1);
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> read("v", nested(65)))
        .withMessageContaining("deeper than 64");
  }

  /** So many variants within each other, and a byte in the last. */
  private static byte[] nested(int depth) {
    ByteBuffer bytes = ByteBuffer.allocate(3 * depth + 1);
    for (int i = 0; i < depth; i++) {
      bytes.put(new byte[] {1, (byte) (i < depth - 1 ? 'v' : 'y'), 0});
    }
    return bytes.array();
  }

  @ParameterizedTest
  @CsvSource({
    "as, 67108865, at most 67108864",
    "as, -1, a length of 4294967295",
    "as, 67108864, at most 4 fit",
    "s, 2147483647, at most 4 fit",
    "s, -2147483648, a length of 2147483648",
    "ai, 3, within an element",
    "b, 2, a boolean of 2",
  })
  void aLengthOrNumberThatCanNotBeIsRefused(String type, int number, String message) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(number);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> read(type, bytes.array()))
        .withMessageContaining(message);
  }

  @Test
  void paddingAndTextThatBreakTheRulesAreRefused() {
    refused("yu", "padding that is not zero", 1, 0, 9, 0, 1, 0, 0, 0);
    refused("yt", "padding is cut off", 1, 0, 0);
    refused("s", "without its NUL", 1, 0, 0, 0, 'x', 'y');
    refused("s", "that holds a NUL", 2, 0, 0, 0, 'x', 0, 0);
    refused("s", "is not UTF-8", 1, 0, 0, 0, 0xff, 0);
    refused("g", "is not US-ASCII", 1, 0xe4, 0);
    refused("v", "a variant of ''", 0, 0);
    refused("v", "a variant of 'yy'", 2, 'y', 'y', 0, 1, 1);
    refused("v", "malformed", 1, 'h', 0, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"y, 256", "y, -1", "q, 65536", "n, 32768", "u, -1", "u, 4294967296", "i, 2147483648"})
  void aNumberOutOfRangeIsTheCallersMistake(String type, long number) {
    mistake(type, number);
  }

  @Test
  void aValueOfAnotherTypeIsTheCallersMistake() {
    mistake("s", 1);
    mistake("s", "a\0b");
    mistake("o", "no/path");
    mistake("o", "/ends/");
    mistake("g", "(");
    mistake("v", new Variant("ss", "x"));
    mistake("v", new Variant("u", "x"));
    mistake("as", "x");
    mistake("(s)", List.of("x", "y"));
    mistake("h", 1);
    assertThatIllegalArgumentException().isThrownBy(() -> reply("ss", "x"));
  }

  @Test
  void nothingLargerThanAllowedIsWritten() {
    String large = "x".repeat(16 << 20);
    mistake("as", Collections.nCopies(4, large));
    mistake("(ssssssss)", Collections.nCopies(8, large));
  }

  private static void mistake(String type, Object value) {
    assertThatIllegalArgumentException().isThrownBy(() -> reply(type, value));
  }

  private static void refused(String signature, String message, int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    for (int value : bytes) {
      buffer.put((byte) value);
    }
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> read(signature, buffer.array()))
        .withMessageContaining(message);
  }

  private static List<Object> read(String signature, byte[] bytes) throws ProtocolException {
    return new Unmarshaller(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))
        .readAll(signature);
  }

  private static Message reply(String signature, Object... values) {
    return Message.of(Message.Type.METHOD_RETURN, 0, replyTo(7), signature, List.of(values));
  }

  private static Map<Integer, Variant> replyTo(long serial) {
    return Map.of(5, new Variant("u", serial));
  }
}
