package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One message: header and body ("Message Format" of the specification). The body is decoded when it
 * is asked for, so that one in a type that we can't read hurts nobody. Immutable.
 */
public final class Message {

  /** What kind of message. */
  public enum Type {
    /** Of a kind that we don't know; to be ignored. */
    UNKNOWN(0),
    /** A call. */
    METHOD_CALL(1),
    /** The reply to a call that went well. */
    METHOD_RETURN(2),
    /** The reply to a call that did not. */
    ERROR(3),
    /** News that nobody asked for. */
    SIGNAL(4);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    private static Type of(int code) {
      return Arrays.stream(values()).filter(type -> type.code == code).findFirst().orElse(UNKNOWN);
    }
  }

  /** The fixed start of every message, up to and with the length of its header fields. */
  static final int PREFIX = 16;

  private static final int FIELDS_AT = 12;
  private static final int NO_AUTO_START = 2;
  private static final int VERSION = 1;

  private static final int PATH = 1;
  private static final int INTERFACE = 2;
  private static final int MEMBER = 3;
  private static final int ERROR_NAME = 4;
  private static final int REPLY_SERIAL = 5;
  private static final int DESTINATION = 6;
  private static final int SENDER = 7;
  private static final int SIGNATURE = 8;

  /** The types of the fields above, in their order. */
  private static final String FIELD_TYPES = "osssussg";

  private final Type type;
  private final int flags;
  private final long serial;
  private final Map<Integer, Variant> fields;
  private final ByteBuffer body;

  private Message(
      Type type, int flags, long serial, Map<Integer, Variant> fields, ByteBuffer body) {
    this.type = type;
    this.flags = flags;
    this.serial = serial;
    this.fields = fields;
    this.body = body;
  }

  /**
   * A call that starts no service: who is not there now will not answer.
   *
   * @param destination the peer's name on the bus
   * @param path the object
   * @param interfaceName the interface that has the method
   * @param member the method
   * @param signature the types of the arguments
   * @param arguments the arguments, see {@link #arguments()}; where that has {@code Integer} or a
   *     {@code Long} for type {@code u} any integral number in range will do
   * @return the call
   * @throws IllegalArgumentException if the arguments don't fit the signature
   */
  public static Message call(
      String destination,
      String path,
      String interfaceName,
      String member,
      String signature,
      Object... arguments) {
    Map<Integer, Variant> fields = new TreeMap<>();
    fields.put(PATH, new Variant("o", path));
    fields.put(INTERFACE, new Variant("s", interfaceName));
    fields.put(MEMBER, new Variant("s", member));
    fields.put(DESTINATION, new Variant("s", destination));
    return of(Type.METHOD_CALL, NO_AUTO_START, fields, signature, Arrays.asList(arguments));
  }

  /** A message of any type. Its serial is given when it is sent. */
  static Message of(
      Type type, int flags, Map<Integer, Variant> fields, String signature, List<?> arguments) {
    Map<Integer, Variant> all = new TreeMap<>(fields);
    if (!signature.isEmpty()) {
      all.put(SIGNATURE, new Variant("g", signature));
    }
    Marshaller body = new Marshaller();
    body.writeAll(signature, arguments);
    ByteBuffer bytes = ByteBuffer.wrap(body.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    return new Message(type, flags, 0, all, bytes);
  }

  /**
   * The bytes to send.
   *
   * @param serial the sender's number for it, not 0
   * @return the whole message, little-endian
   */
  ByteBuffer encode(long serial) {
    Marshaller out = new Marshaller();
    List<List<Object>> entries = new ArrayList<>();
    fields.forEach((code, value) -> entries.add(List.of(code, value)));
    out.writeAll(
        "yyyyuua(yv)",
        List.of((int) 'l', type.code, flags, VERSION, body.capacity(), serial, entries));
    out.align(8);
    byte[] header = out.bytes();
    if (header.length + (long) body.capacity() > Marshaller.LARGEST_MESSAGE) {
      throw new IllegalArgumentException("message too large");
    }
    ByteBuffer bytes = ByteBuffer.allocate(header.length + body.capacity());
    return bytes.put(header).put(body.duplicate().rewind()).flip();
  }

  /**
   * How long a message is.
   *
   * @param prefix its first {@link #PREFIX} bytes
   * @return its whole length in bytes
   * @throws ProtocolException if this is no message, or one longer than allowed
   */
  static int lengthOf(ByteBuffer prefix) throws ProtocolException {
    ByteBuffer in = ordered(prefix);
    if (in.get(3) != VERSION) {
      throw new ProtocolException("version " + in.get(3) + " of the protocol");
    }
    long ofBody = Integer.toUnsignedLong(in.getInt(4));
    long ofFields = Integer.toUnsignedLong(in.getInt(FIELDS_AT));
    long length = (PREFIX + ofFields + 7) / 8 * 8 + ofBody;
    if (ofFields > Marshaller.LARGEST_ARRAY || length > Marshaller.LARGEST_MESSAGE) {
      throw new ProtocolException("a message of " + length + " bytes");
    }
    return (int) length;
  }

  /**
   * Decodes the header.
   *
   * @param bytes exactly one message, which is copied
   * @return the message
   * @throws ProtocolException if it breaks the rules
   */
  static Message decode(ByteBuffer bytes) throws ProtocolException {
    ByteBuffer in = ordered(ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip());
    Type type = Type.of(Byte.toUnsignedInt(in.get(1)));
    int flags = Byte.toUnsignedInt(in.get(2));
    int bodyLength = in.getInt(4);
    long serial = Integer.toUnsignedLong(in.getInt(8));
    in.position(FIELDS_AT);
    Unmarshaller header = new Unmarshaller(in);
    Map<Integer, Variant> fields = new TreeMap<>();
    for (Object entry : (List<?>) header.readAll("a(yv)").get(0)) {
      List<?> field = (List<?>) entry;
      fields.put((Integer) field.get(0), (Variant) field.get(1));
    }
    header.align(8);
    ByteBuffer body = in.slice().order(in.order());
    Message message = new Message(type, flags, serial, fields, body);
    message.check(bodyLength);
    return message;
  }

  private void check(int bodyLength) throws ProtocolException {
    for (int code = PATH; code <= SIGNATURE; code++) {
      Variant field = fields.get(code);
      String expected = FIELD_TYPES.substring(code - 1, code);
      if (field != null && !field.signature().equals(expected)) {
        throw new ProtocolException("header field " + code + " of type " + field.signature());
      }
    }
    int[] needed =
        switch (type) {
          case METHOD_CALL -> new int[] {PATH, MEMBER};
          case METHOD_RETURN -> new int[] {REPLY_SERIAL};
          case ERROR -> new int[] {ERROR_NAME, REPLY_SERIAL};
          case SIGNAL -> new int[] {PATH, INTERFACE, MEMBER};
          case UNKNOWN -> new int[0];
        };
    for (int code : needed) {
      if (!fields.containsKey(code)) {
        throw new ProtocolException(type + " without header field " + code);
      }
    }
    if (serial == 0 || body.remaining() != bodyLength) {
      throw new ProtocolException("serial " + serial + ", body of " + body.remaining() + " bytes");
    }
  }

  private static ByteBuffer ordered(ByteBuffer bytes) throws ProtocolException {
    ByteBuffer in = bytes.slice();
    return switch (in.get(0)) {
      case 'l' -> in.order(ByteOrder.LITTLE_ENDIAN);
      case 'B' -> in.order(ByteOrder.BIG_ENDIAN);
      default -> throw new ProtocolException("a message that starts with byte " + in.get(0));
    };
  }

  /**
   * What kind of message this is.
   *
   * @return its type
   */
  public Type type() {
    return type;
  }

  /**
   * The object, for calls and signals.
   *
   * @return its path, or empty
   */
  public Optional<String> path() {
    return text(PATH);
  }

  /**
   * The interface of the method or signal.
   *
   * @return its name, or empty
   */
  public Optional<String> interfaceName() {
    return text(INTERFACE);
  }

  /**
   * The method or signal.
   *
   * @return its name, or empty
   */
  public Optional<String> member() {
    return text(MEMBER);
  }

  /**
   * The name of the error.
   *
   * @return its name, or empty if this is none
   */
  public Optional<String> errorName() {
    return text(ERROR_NAME);
  }

  /**
   * Who sent it, as the bus vouches for; between peers without a bus there is none.
   *
   * @return the unique name, such as {@code :1.7}, or empty
   */
  public Optional<String> sender() {
    return text(SENDER);
  }

  /**
   * The types of the arguments.
   *
   * @return the signature, empty without arguments
   */
  public String signature() {
    return text(SIGNATURE).orElse("");
  }

  /** The sender's number for it. */
  long serial() {
    return serial;
  }

  /** The header's flags. */
  int flags() {
    return flags;
  }

  /** Whether it replies to the call of that number. */
  boolean repliesTo(long callSerial) {
    Variant field = fields.get(REPLY_SERIAL);
    return (type == Type.METHOD_RETURN || type == Type.ERROR)
        && field != null
        && field.value().equals(callSerial);
  }

  /**
   * The arguments, decoded.
   *
   * @return {@code Integer} for types y n q i, {@code Long} for u x t (t with the bits of the
   *     unsigned number), {@code Boolean} for b, {@code Double} for d, {@code String} for s o g,
   *     {@link Variant} for v, {@code List} for arrays and structs, {@code Map} for arrays of e
   * @throws ProtocolException if the body breaks the rules, or holds a type that is not listed
   */
  public List<Object> arguments() throws ProtocolException {
    ByteBuffer in = body.duplicate().order(body.order());
    List<Object> arguments = new Unmarshaller(in).readAll(signature());
    if (in.hasRemaining()) {
      throw new ProtocolException("a body longer than its signature " + signature());
    }
    return arguments;
  }

  private Optional<String> text(int field) {
    return Optional.ofNullable(fields.get(field)).map(variant -> (String) variant.value());
  }

  /** The header, for people. */
  @Override
  public String toString() {
    return type + " " + fields;
  }
}
