package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns a little-endian message into the big-endian one that says the same. */
final class OtherEndian {

  private final ByteBuffer in;
  private final ByteBuffer out;
  private int start;

  private OtherEndian(ByteBuffer in) {
    this.in = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.out = ByteBuffer.allocate(in.remaining()).order(ByteOrder.BIG_ENDIAN);
  }

  static ByteBuffer of(ByteBuffer message) throws ProtocolException {
    OtherEndian turn = new OtherEndian(message);
    turn.in.get();
    turn.out.put((byte) 'B');
    for (String type : Signature.split("yyyuua(yv)")) {
      turn.copy(type);
    }
    turn.align(8);
    turn.start = turn.in.position();
    for (String type : Signature.split(Message.decode(message).signature())) {
      turn.copy(type);
    }
    return turn.out.flip();
  }

  private void align(int alignment) {
    while ((in.position() - start) % alignment != 0) {
      out.put(in.get());
    }
  }

  private void copy(String type) throws ProtocolException {
    char code = type.charAt(0);
    align(Signature.alignment(code));
    switch (code) {
      case 'y' -> out.put(in.get());
      case 'n', 'q' -> out.putShort(in.getShort());
      case 'b', 'i', 'u' -> out.putInt(in.getInt());
      case 'x', 't', 'd' -> out.putLong(in.getLong());
      case 's', 'o' -> bytes(length() + 1);
      case 'g' -> signature();
      case 'v' -> copy(signature());
      case 'a' -> array(type.substring(1));
      default -> {
        for (String field : Signature.split(type.substring(1, type.length() - 1))) {
          copy(field);
        }
      }
    }
  }

  private int length() {
    int length = in.getInt();
    out.putInt(length);
    return length;
  }

  private void bytes(int count) {
    for (int i = 0; i < count; i++) {
      out.put(in.get());
    }
  }

  private String signature() {
    int length = in.get();
    out.put((byte) length);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) in.get(in.position() + i));
    }
    bytes(length + 1);
    return text.toString();
  }

  private void array(String element) throws ProtocolException {
    int length = length();
    align(Signature.alignment(element.charAt(0)));
    int end = in.position() + length;
    while (in.position() < end) {
      copy(element);
    }
  }
}
