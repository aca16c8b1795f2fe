package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What systemd, the bus, sd-bus and this client really said to each other. */
class RecordedExchangeTest {

  private final List<Message> messages = new ArrayList<>();

  @BeforeEach
  void decode() throws Exception {
    for (ByteBuffer bytes : Recorded.messages()) {
      messages.add(Message.decode(bytes));
    }
  }

  @Test
  void everyMessageIsReadAlsoInTheOtherByteOrder() throws Exception {
    List<ByteBuffer> recorded = Recorded.messages();
    assertThat(recorded).hasSizeGreaterThan(50);
    for (ByteBuffer bytes : recorded) {
      assertThat(Message.decode(OtherEndian.of(bytes)).arguments())
          .isEqualTo(Message.decode(bytes).arguments());
    }
  }

  @Test
  void whatOthersWroteIsWrittenAsTheyDid() throws Exception {
    for (ByteBuffer bytes : Recorded.messages()) {
      Message message = Message.decode(bytes);
      Marshaller out = new Marshaller();
      out.writeAll(message.signature(), message.arguments());
      byte[] body = out.bytes();

      assertThat(bytes.slice(bytes.capacity() - body.length, body.length))
          .as(message.toString())
          .isEqualTo(ByteBuffer.wrap(body));
    }
  }

  @Test
  void aScopeIsStartedAndItsJobEnds() throws Exception {
    Message call = called("StartTransientUnit").get(0);
    assertThat(call.signature()).isEqualTo("ssa(sv)a(sa(sv))");
    assertThat(call.arguments().subList(0, 2)).containsExactly("oom4j-capture.scope", "fail");
    List<?> properties = (List<?>) call.arguments().get(2);
    assertThat(properties).hasSize(4);
    assertThat(properties.get(2)).isEqualTo(List.of("MemoryMax", new Variant("t", 67_108_864L)));
    assertThat(properties.get(3))
        .isEqualTo(List.of("Description", new Variant("s", "captured: ä")));

    Message reply = replyTo(call);
    assertThat(reply.type()).isEqualTo(Message.Type.METHOD_RETURN);
    Object job = reply.arguments().get(0);
    assertThat(messages)
        .filteredOn(message -> message.member().equals(Optional.of("JobRemoved")))
        .anySatisfy(
            signal ->
                assertThat(signal.arguments().subList(1, 4))
                    .containsExactly(job, "oom4j-capture.scope", "done"));
  }

  @Test
  void eachRefusalHasItsName() throws Exception {
    List<String> names = new ArrayList<>();
    for (Message call : called("StartTransientUnit")) {
      replyTo(call).errorName().ifPresent(names::add);
    }
    assertThat(names)
        .containsExactly(
            "org.freedesktop.systemd1.UnitExists",
            FakeServer.error("PropertyReadOnly"),
            FakeServer.error("UnixProcessIdUnknown"));
  }

  private List<Message> called(String member) {
    return messages.stream()
        .filter(message -> message.type() == Message.Type.METHOD_CALL)
        .filter(message -> message.member().orElse("").equals(member))
        .toList();
  }

  /** The first later one to that serial; serials of different callers may be the same. */
  private Message replyTo(Message call) {
    return messages.stream()
        .skip(messages.indexOf(call))
        .filter(message -> message.repliesTo(call.serial()))
        .findFirst()
        .orElseThrow();
  }
}
