package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads values of D-Bus's wire format in the buffer's byte order. What breaks a rule of the
 * specification is refused with a {@link ProtocolException}. Nothing is allocated for lengths that
 * are only announced.
 */
final class Unmarshaller {

  /** Of containers of all kinds within each other, with variants. */
  private static final int DEEPEST = 64;

  private final ByteBuffer in;

  /** Reads from the buffer's position on; alignment counts from its start. */
  Unmarshaller(ByteBuffer in) {
    this.in = in;
  }

  /** Reads one value for each complete type of the signature. */
  List<Object> readAll(String signature) throws ProtocolException {
    return readAll(signature, 0);
  }

  private List<Object> readAll(String signature, int depth) throws ProtocolException {
    List<Object> values = new ArrayList<>();
    try {
      for (String type : Signature.split(signature)) {
        values.add(read(type, depth));
      }
    } catch (BufferUnderflowException e) {
      throw protocol("a value is cut off", e);
    }
    return values;
  }

  private Object read(String type, int depth) throws ProtocolException {
    if (depth > DEEPEST) {
      throw new ProtocolException("values nested deeper than " + DEEPEST);
    }
    char code = type.charAt(0);
    align(Signature.alignment(code));
    return switch (code) {
      case 'y' -> Byte.toUnsignedInt(in.get());
      case 'b' -> bool(in.getInt());
      case 'n' -> (int) in.getShort();
      case 'q' -> Short.toUnsignedInt(in.getShort());
      case 'i' -> in.getInt();
      case 'u' -> Integer.toUnsignedLong(in.getInt());
      case 'x', 't' -> in.getLong();
      case 'd' -> in.getDouble();
      case 's', 'o' -> text(length(in.getInt(), in.remaining()), StandardCharsets.UTF_8);
      case 'g' -> text(Byte.toUnsignedInt(in.get()), StandardCharsets.US_ASCII);
      case 'a' -> array(type.substring(1), depth);
      case '(' -> readAll(type.substring(1, type.length() - 1), depth + 1);
      case 'v' -> variant(depth);
      default -> throw new ProtocolException("no such type: " + type);
    };
  }

  void align(int alignment) throws ProtocolException {
    while (in.position() % alignment != 0) {
      if (!in.hasRemaining()) {
        throw new ProtocolException("padding is cut off");
      }
      if (in.get() != 0) {
        throw new ProtocolException("padding that is not zero");
      }
    }
  }

  private static Boolean bool(int value) throws ProtocolException {
    if (value != 0 && value != 1) {
      throw new ProtocolException("a boolean of " + value);
    }
    return value == 1;
  }

  /** Lengths are unsigned; one above 2 GiB is negative here. */
  private static int length(int length, int limit) throws ProtocolException {
    if (length < 0 || length > limit) {
      throw new ProtocolException(
          "a length of " + Integer.toUnsignedLong(length) + " where at most " + limit + " fit");
    }
    return length;
  }

  private String text(int length, Charset charset) throws ProtocolException {
    byte[] bytes = new byte[length(length, in.remaining())];
    in.get(bytes);
    if (in.get() != 0) {
      throw new ProtocolException("a string without its NUL");
    }
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') >= 0) {
        throw new ProtocolException("a string that holds a NUL");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw protocol("a string that is not " + charset, e);
    }
  }

  private Variant variant(int depth) throws ProtocolException {
    String signature = text(Byte.toUnsignedInt(in.get()), StandardCharsets.US_ASCII);
    if (Signature.split(signature).size() != 1) {
      throw new ProtocolException("a variant of '" + signature + "'");
    }
    return new Variant(signature, read(signature, depth + 1));
  }

  private Object array(String element, int depth) throws ProtocolException {
    int length = length(in.getInt(), Marshaller.LARGEST_ARRAY);
    align(Signature.alignment(element.charAt(0)));
    int end = in.position() + length(length, in.remaining());
    Map<Object, Object> map = new LinkedHashMap<>();
    List<Object> list = new ArrayList<>();
    while (in.position() < end) {
      if (element.charAt(0) == '{') {
        align(8);
        List<Object> entry = readAll(element.substring(1, element.length() - 1), depth + 2);
        map.put(entry.get(0), entry.get(1));
      } else {
        list.add(read(element, depth + 1));
      }
    }
    if (in.position() != end) {
      throw new ProtocolException("an array that ends within an element");
    }
    return element.charAt(0) == '{' ? map : list;
  }

  private static ProtocolException protocol(String message, Exception cause) {
    ProtocolException e = new ProtocolException(message);
    e.initCause(cause);
    return e;
  }
}
