package io.github.oom4j.cgroup.internal.dbus;

import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** Type signatures: "Type System" of the D-Bus Specification, without {@code h}. */
final class Signature {

  /** Of arrays, and of structs, in one signature. */
  private static final int DEEPEST = 32;

  private static final int LONGEST = 255;
  private static final String BASIC = "ybnqiuxtdsog";

  private Signature() {}

  /** Splits into single complete types. */
  static List<String> split(String signature) throws ProtocolException {
    if (signature.length() > LONGEST) {
      throw new ProtocolException("signature longer than " + LONGEST);
    }
    List<String> types = new ArrayList<>();
    int at = 0;
    while (at < signature.length()) {
      int end = end(signature, at, 0, 0);
      types.add(signature.substring(at, end));
      at = end;
    }
    return types;
  }

  /** Where the single complete type ends that begins there. */
  private static int end(String signature, int at, int arrays, int structs)
      throws ProtocolException {
    if (at >= signature.length() || arrays > DEEPEST || structs > DEEPEST) {
      throw malformed(signature);
    }
    char code = signature.charAt(at);
    if (code == 'v' || BASIC.indexOf(code) >= 0) {
      return at + 1;
    }
    if (code == '(') {
      int next = at + 1;
      do {
        next = end(signature, next, arrays, structs + 1);
      } while (next < signature.length() && signature.charAt(next) != ')');
      return closing(signature, next, ')');
    }
    if (code != 'a') {
      throw malformed(signature);
    }
    if (!signature.startsWith("{", at + 1)) {
      return end(signature, at + 1, arrays + 1, structs);
    }
    int key = at + 2;
    if (key >= signature.length() || BASIC.indexOf(signature.charAt(key)) < 0) {
      throw malformed(signature);
    }
    return closing(signature, end(signature, key + 1, arrays + 1, structs + 1), '}');
  }

  private static int closing(String signature, int at, char bracket) throws ProtocolException {
    if (at >= signature.length() || signature.charAt(at) != bracket) {
      throw malformed(signature);
    }
    return at + 1;
  }

  /** The alignment of a type in bytes. */
  static int alignment(char code) {
    return switch (code) {
      case 'n', 'q' -> 2;
      case 'b', 'i', 'u', 's', 'o', 'a' -> 4;
      case 'x', 't', 'd', '(', '{' -> 8;
      default -> 1;
    };
  }

  private static ProtocolException malformed(String signature) {
    return new ProtocolException("malformed or unsupported signature '" + signature + "'");
  }
}
