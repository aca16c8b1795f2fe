package io.github.oom4j.internal;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Paths in which every byte is one character, as ISO-8859-1: names of cgroups may be any bytes but
 * NUL, newline and slash, in UTF-8 or not, and the JVM's own encoding may be ASCII.
 */
public final class RawPath {

  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

  private RawPath() {}

  /**
   * Makes a path of the default file system.
   *
   * @param bytes its bytes
   * @return that path, to the byte
   */
  public static Path of(String bytes) {
    if (bytes.chars().allMatch(c -> c < 0x80)) {
      return Path.of(bytes);
    }
    // A URI is the one way into a Path that does not go through the JVM's encoding.
    boolean absolute = bytes.startsWith("/");
    StringBuilder uri = new StringBuilder(absolute ? "file://" : "file:///");
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      uri.append(PLAIN.indexOf(c) >= 0 ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    Path path = Path.of(URI.create(uri.toString()));
    return absolute ? path : Path.of("/").relativize(path);
  }

  /**
   * The bytes of a path.
   *
   * @param path a path of the default file system
   * @return each byte as a character
   */
  public static String bytes(Path path) {
    String text = path.toString();
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    if (!path.isAbsolute()) {
      return bytes(Path.of("/").resolve(path)).substring(1);
    }
    String uri = path.toUri().getRawPath();
    StringBuilder bytes = new StringBuilder(uri.length());
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '%') {
        c = (char) Integer.parseInt(uri.substring(i + 1, i + 3), 16);
        i += 2;
      }
      bytes.append(c);
    }
    // The URI of what is a directory now ends with a slash.
    int length = bytes.length();
    return bytes.substring(0, length > 1 && bytes.charAt(length - 1) == '/' ? length - 1 : length);
  }

  /**
   * What people and logs call it.
   *
   * @param bytes bytes of a name
   * @return the text, decoded as UTF-8 with U+FFFD for what is not UTF-8, as records of the
   *     kernel's log are
   */
  public static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
