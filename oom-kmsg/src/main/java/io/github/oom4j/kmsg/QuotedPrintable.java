package io.github.oom4j.kmsg;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the transfer encoding of mails that were saved as they came (RFC 2045, 6.7): {@code =3D}
 * is an equals sign, and one at the end of a line says that the line goes on. Where each equals
 * sign of a line begins such a code, that is what it is; the kernel's are followed by others.
 */
final class QuotedPrintable {

  /** The longest line that may be written so, with its equals sign. */
  private static final int WIDEST = 76;

  /** The longest message: a record of 8192 bytes. */
  private static final int LONGEST = 16_384;

  private final StringBuilder open = new StringBuilder();
  private boolean seen;

  /** Takes a line; returns it as it was before, or null if it goes on. */
  @Nullable String accept(String line) {
    if (!isOpen() && line.indexOf('=') < 0) {
      return line;
    }
    seen |= line.contains("=3D") && isEncoded(line);
    if (goesOn(line)) {
      open.append(line, 0, line.length() - 1);
      return null;
    }
    return endedBy(line);
  }

  private String endedBy(String end) {
    String whole = isOpen() ? open + end : end;
    open.setLength(0);
    return seen && isEncoded(whole) ? decode(whole) : whole;
  }

  /** Whether a line is waiting for the next. */
  boolean isOpen() {
    return open.length() > 0;
  }

  /** The line that waits, or null. */
  @Nullable String flush() {
    return isOpen() ? endedBy("") : null;
  }

  /** The line that waited for one which has not come: its equals sign was its own. */
  String giveUp() {
    return endedBy("=");
  }

  private boolean goesOn(String line) {
    return line.endsWith("=")
        && line.length() <= WIDEST
        && open.length() < LONGEST
        && (seen || isOpen() || line.contains("Killed process "))
        && isEncoded(line);
  }

  private static boolean isEncoded(String text) {
    for (int at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
      if (at < text.length() - 1 && value(text, at) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int value(String text, int at) {
    return at + 2 < text.length() ? digit(text, at + 1) * 16 + digit(text, at + 2) : -1;
  }

  private static int digit(String text, int at) {
    int digit = "0123456789ABCDEF".indexOf(text.charAt(at));
    return digit < 0 ? -1000 : digit;
  }

  private static String decode(String text) {
    if (text.indexOf('=') < 0) {
      return text;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      int value = bytes[i] == '=' ? value(latin, i) : -1;
      out.write(value < 0 ? bytes[i] : value);
      i += value < 0 ? 0 : 2;
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
