package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes values in D-Bus's wire format, little-endian ("Marshaling" of the specification). A value
 * that does not fit its type is a mistake of the caller: {@link IllegalArgumentException}.
 */
final class Marshaller {

  static final int LARGEST_ARRAY = 64 << 20;
  static final int LARGEST_MESSAGE = 128 << 20;

  private static final Pattern OBJECT_PATH = Pattern.compile("/|(/[A-Za-z0-9_]+)+");

  private ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  /** What was written so far. */
  byte[] bytes() {
    byte[] bytes = new byte[out.position()];
    out.duplicate().flip().get(bytes);
    return bytes;
  }

  /** Writes one value for each complete type of the signature. */
  void writeAll(String signature, List<?> values) {
    try {
      List<String> types = Signature.split(signature);
      if (types.size() != values.size()) {
        throw new IllegalArgumentException(values.size() + " values for " + signature);
      }
      for (int i = 0; i < types.size(); i++) {
        write(types.get(i), values.get(i));
      }
    } catch (ProtocolException | ClassCastException e) {
      throw new IllegalArgumentException("can't be written as '" + signature + "': " + values, e);
    }
  }

  void write(String type, Object value) throws ProtocolException {
    char code = type.charAt(0);
    align(Signature.alignment(code));
    switch (code) {
      case 'y' -> room(1).put((byte) number(value, 0, 0xff));
      case 'b' -> room(4).putInt((Boolean) value ? 1 : 0);
      case 'n' -> room(2).putShort((short) number(value, Short.MIN_VALUE, Short.MAX_VALUE));
      case 'q' -> room(2).putShort((short) number(value, 0, 0xffff));
      case 'i' -> room(4).putInt((int) number(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case 'u' -> room(4).putInt((int) number(value, 0, 0xffff_ffffL));
      case 'x', 't' -> room(8).putLong((Long) value);
      case 'd' -> room(8).putDouble((Double) value);
      case 's' -> string((String) value);
      case 'o' -> objectPath((String) value);
      case 'g' -> signature((String) value);
      case 'a' -> array(type.substring(1), value);
      case '(', '{' -> writeAll(type.substring(1, type.length() - 1), fields(value));
      case 'v' -> variant((Variant) value);
      default -> throw new ProtocolException("no such type: " + type);
    }
  }

  void align(int alignment) {
    while (out.position() % alignment != 0) {
      room(1).put((byte) 0);
    }
  }

  private ByteBuffer room(int size) {
    if (size > LARGEST_MESSAGE - out.position()) {
      throw new IllegalArgumentException("message larger than " + LARGEST_MESSAGE + " bytes");
    }
    if (out.remaining() < size) {
      int capacity = Math.max(2 * out.capacity(), out.position() + size);
      out = ByteBuffer.allocate(capacity).order(out.order()).put(out.flip());
    }
    return out;
  }

  private static long number(Object value, long from, long to) {
    long number = ((Number) value).longValue();
    if (number < from || number > to) {
      throw new IllegalArgumentException(number + " is not within " + from + " and " + to);
    }
    return number;
  }

  private void string(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a D-Bus string can't hold a NUL");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    room(4).putInt(bytes.length);
    room(bytes.length + 1).put(bytes).put((byte) 0);
  }

  private void objectPath(String path) {
    if (!OBJECT_PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("not an object path: " + path);
    }
    string(path);
  }

  private void signature(String signature) throws ProtocolException {
    Signature.split(signature);
    byte[] bytes = signature.getBytes(StandardCharsets.US_ASCII);
    room(bytes.length + 2).put((byte) bytes.length).put(bytes).put((byte) 0);
  }

  private void variant(Variant variant) throws ProtocolException {
    if (Signature.split(variant.signature()).size() != 1) {
      throw new ProtocolException("not one complete type: " + variant.signature());
    }
    signature(variant.signature());
    write(variant.signature(), variant.value());
  }

  private void array(String element, Object value) throws ProtocolException {
    int lengthAt = out.position();
    room(4).putInt(0);
    // The length counts from the first element on; the padding before it is there even without one.
    align(Signature.alignment(element.charAt(0)));
    int start = out.position();
    Iterator<?> elements =
        (value instanceof Map<?, ?> map ? map.entrySet() : (List<?>) value).iterator();
    while (elements.hasNext()) {
      write(element, elements.next());
    }
    int length = out.position() - start;
    if (length > LARGEST_ARRAY) {
      throw new IllegalArgumentException("array larger than " + LARGEST_ARRAY + " bytes");
    }
    out.putInt(lengthAt, length);
  }

  private static List<?> fields(Object value) {
    return value instanceof Map.Entry<?, ?> entry
        ? List.of(entry.getKey(), entry.getValue())
        : (List<?>) value;
  }
}
