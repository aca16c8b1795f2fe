package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Signatures and values of every shape, the same for the same seed. */
final class RandomValues {

  private static final String BASIC = "ybnqiuxtdsog";

  private final Random random;

  RandomValues(long seed) {
    random = new Random(seed);
  }

  /** One with up to five complete types. */
  String signature() {
    StringBuilder signature = new StringBuilder();
    int types = random.nextInt(6);
    for (int i = 0; i < types; i++) {
      String type = type(4);
      if (signature.length() + type.length() < 255) {
        signature.append(type);
      }
    }
    return signature.toString();
  }

  List<Object> values(String signature) throws ProtocolException {
    List<Object> values = new ArrayList<>();
    for (String type : Signature.split(signature)) {
      values.add(value(type, 3));
    }
    return values;
  }

  private String type(int depth) {
    return switch (depth == 0 ? 0 : random.nextInt(8)) {
      case 1 -> "v";
      case 2 -> "a" + type(depth - 1);
      case 3 -> "a{" + basic() + type(depth - 1) + "}";
      case 4 -> "(" + type(depth - 1) + type(depth - 1) + ")";
      default -> basic();
    };
  }

  private String basic() {
    int at = random.nextInt(BASIC.length());
    return BASIC.substring(at, at + 1);
  }

  private Object value(String type, int depth) throws ProtocolException {
    return switch (type.charAt(0)) {
      case 'y' -> random.nextInt(1 << 8);
      case 'b' -> random.nextBoolean();
      case 'n' -> random.nextInt(1 << 16) - (1 << 15);
      case 'q' -> random.nextInt(1 << 16);
      case 'i' -> random.nextInt();
      case 'u' -> random.nextInt() & 0xffff_ffffL;
      case 'x', 't' -> random.nextLong();
      case 'd' -> Double.longBitsToDouble(random.nextLong());
      case 's' -> text();
      case 'o' -> random.nextBoolean() ? "/" : "/org/x_" + random.nextInt(100);
      case 'g' -> random.nextBoolean() ? "" : type(3);
      case 'v' -> variant(depth);
      case 'a' -> type.charAt(1) == '{' ? map(type, depth) : list(type.substring(1), depth);
      default -> values(type.substring(1, type.length() - 1));
    };
  }

  private Variant variant(int depth) throws ProtocolException {
    String type = depth == 0 ? basic() : type(2);
    return new Variant(type, value(type, Math.max(0, depth - 1)));
  }

  private List<Object> list(String element, int depth) throws ProtocolException {
    List<Object> list = new ArrayList<>();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      list.add(value(element, depth));
    }
    return list;
  }

  private Map<Object, Object> map(String type, int depth) throws ProtocolException {
    Map<Object, Object> map = new LinkedHashMap<>();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      map.put(
          value(type.substring(2, 3), depth), value(type.substring(3, type.length() - 1), depth));
    }
    return map;
  }

  /** Of one to four bytes a character. */
  private String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(9);
    for (int i = 0; i < length; i++) {
      int[] ranges = {0x7f, 0x7ff, 0xd7ff, 0x10ffff - 0x10000};
      int range = random.nextInt(ranges.length);
      text.appendCodePoint(1 + random.nextInt(ranges[range]) + (range == 3 ? 0xffff : 0));
    }
    return text.toString();
  }
}
