package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTest {

  private static final Variant NUMBER = new Variant("u", 7L);
  private static final Variant PATH = new Variant("o", "/x");
  private static final Variant TEXT = new Variant("s", "x");

  @Test
  void unknownHeaderFieldsTypesAndFlagsAreIgnored() throws Exception {
    Map<Integer, Variant> fields = new HashMap<>();
    fields.put(5, NUMBER);
    fields.put(9, new Variant("u", 3L)); // UNIX_FDS
    fields.put(200, new Variant("a{sv}", Map.of("key", new Variant("v", TEXT))));
    ByteBuffer bytes =
        Message.of(Message.Type.METHOD_RETURN, 0xff, fields, "s", List.of("hello")).encode(1);
    Message message = Message.decode(bytes);

    assertThat(message.arguments()).containsExactly("hello");
    assertThat(message.repliesTo(7)).isTrue();
    assertThat(message.repliesTo(8)).isFalse();
    assertThat(Message.decode(bytes.put(1, (byte) 77)).type()).isEqualTo(Message.Type.UNKNOWN);
  }

  @Test
  void aMessageLacksNothingThatItsTypeNeeds() {
    lacks(Message.Type.METHOD_CALL, Map.of(1, PATH), 3);
    lacks(Message.Type.METHOD_CALL, Map.of(3, TEXT), 1);
    lacks(Message.Type.METHOD_RETURN, Map.of(), 5);
    lacks(Message.Type.ERROR, Map.of(5, NUMBER), 4);
    lacks(Message.Type.ERROR, Map.of(4, TEXT), 5);
    lacks(Message.Type.SIGNAL, Map.of(1, PATH, 2, TEXT), 3);
    lacks(Message.Type.SIGNAL, Map.of(1, PATH, 3, TEXT), 2);
  }

  @Test
  void aHeaderFieldOfAnotherTypeIsRefused() {
    refused(header(Message.Type.METHOD_RETURN, Map.of(5, TEXT)), "field 5 of type s");
    refused(header(Message.Type.METHOD_RETURN, Map.of(5, NUMBER, 8, TEXT)), "field 8 of type s");
    refused(header(Message.Type.ERROR, Map.of(4, PATH, 5, NUMBER)), "field 4 of type o");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 134217728, a message of",
    "4, -1, a message of",
    "12, 67108865, a message of",
    "12, -1, a message of",
    "0, 0, starts with byte 0",
    "0, 0x0202016c, version 2",
  })
  void aLengthBeyondTheLimitsIsRefusedBeforeAnythingIsRead(int at, String value, String message) {
    ByteBuffer bytes = header(Message.Type.METHOD_RETURN, Map.of(5, NUMBER));
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).putInt(at, (int) (long) Long.decode(value));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Message.lengthOf(bytes.limit(Message.PREFIX)))
        .withMessageContaining(message);
  }

  @Test
  void theLargestMessageIsWithinTheLimits() throws Exception {
    ByteBuffer bytes = header(Message.Type.METHOD_RETURN, Map.of(5, NUMBER));
    int header = bytes.capacity();
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).putInt(4, (128 << 20) - header);

    assertThat(Message.lengthOf(bytes)).isEqualTo(128 << 20);
  }

  @Test
  void aBodyThatDoesNotFitIsRefused() {
    ByteBuffer bytes =
        Message.of(Message.Type.METHOD_RETURN, 0, Map.of(5, NUMBER), "s", List.of("hello"))
            .encode(1);
    refused(bytes.duplicate().limit(bytes.capacity() - 1).slice(), "body of 9 bytes");
    refused(ByteBuffer.allocate(bytes.capacity() + 1).put(bytes).rewind(), "body of 11 bytes");
    refused(header(Message.Type.METHOD_RETURN, Map.of(5, NUMBER)).putInt(8, 0), "serial 0");
  }

  @Test
  void aBodyThatIsNoneOfItsSignatureIsRefusedWhenItIsAskedFor() throws Exception {
    ByteBuffer longer =
        Message.of(Message.Type.METHOD_RETURN, 0, Map.of(5, NUMBER), "uu", List.of(1, 2)).encode(1);
    String text = StandardCharsets.ISO_8859_1.decode(longer.duplicate()).toString();
    longer.put(text.indexOf("uu"), (byte) 'y').put(text.indexOf("uu") + 1, (byte) 'y');
    Message message = Message.decode(longer);

    assertThat(message.signature()).isEqualTo("yy");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(message::arguments)
        .withMessageContaining("longer than its signature yy");
  }

  @Test
  void aSignalOfAnotherShapeMatchesNoRule() throws Exception {
    MatchRule rule = new MatchRule("s", "/x", "x", "x", 1, "wanted");
    Map<Integer, Variant> fields = Map.of(1, PATH, 2, TEXT, 3, TEXT);

    assertThat(rule.matches(signal(fields, "us", 1, "wanted"))).isTrue();
    assertThat(rule.matches(signal(fields, "us", 1, "other"))).isFalse();
    assertThat(rule.matches(signal(fields, "s", "wanted"))).isFalse();
    assertThat(rule.matches(signal(fields, "uu", 1, 2))).isFalse();
    assertThat(rule)
        .hasToString("type='signal',sender='s',path='/x',interface='x',member='x',arg1='wanted'");
  }

  private static Message signal(Map<Integer, Variant> fields, String signature, Object... values) {
    return Message.of(Message.Type.SIGNAL, 0, fields, signature, List.of(values));
  }

  private static void lacks(Message.Type type, Map<Integer, Variant> fields, int field) {
    refused(header(type, fields), type + " without header field " + field);
  }

  private static ByteBuffer header(Message.Type type, Map<Integer, Variant> fields) {
    return Message.of(type, 0, fields, "", List.of()).encode(1);
  }

  private static void refused(ByteBuffer bytes, String message) {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Message.decode(bytes))
        .withMessageContaining(message);
  }
}
