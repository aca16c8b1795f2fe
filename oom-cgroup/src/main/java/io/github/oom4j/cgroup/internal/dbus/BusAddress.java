package io.github.oom4j.cgroup.internal.dbus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One address of a D-Bus server ("Server Addresses" of the specification). Immutable.
 *
 * @param text the address as it was written
 * @param socket the Unix socket, or empty if we can't use this address
 * @param refusal why we can't, or an empty text
 */
public record BusAddress(String text, Optional<Path> socket, String refusal) {

  private static final Charset PATHS =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  /**
   * The address of a socket file.
   *
   * @param socket the file
   * @return its address
   */
  public static BusAddress of(Path socket) {
    return new BusAddress("unix:path=" + socket, Optional.of(socket), "");
  }

  /**
   * Parses a list of addresses, to be tried in order.
   *
   * @param list addresses separated by semicolons, such as {@code
   *     unix:path=/run/user/1000/bus;tcp:host=x}; never fails
   * @return each of them, with its socket or the reason why it is of no use here
   */
  public static List<BusAddress> parse(String list) {
    List<BusAddress> addresses = new ArrayList<>();
    for (String address : list.split(";", -1)) {
      if (!address.isBlank()) {
        addresses.add(parseOne(address));
      }
    }
    return addresses;
  }

  private static BusAddress parseOne(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return refused(text, "no transport in it");
    }
    String transport = text.substring(0, colon);
    if (!transport.equals("unix")) {
      return refused(text, "transport '" + transport + "' is not supported, only unix");
    }
    Map<String, String> keys = new HashMap<>();
    for (String pair : text.substring(colon + 1).split(",", -1)) {
      String[] halves = pair.split("=", 2);
      keys.put(halves[0], halves.length == 2 ? halves[1] : "");
    }
    String path = keys.get("path");
    if (keys.containsKey("abstract")) {
      return refused(text, "Java can't connect to abstract sockets");
    }
    if (path == null) {
      return refused(text, "it names no path to connect to");
    }
    try {
      Path socket = Path.of(unescape(path));
      return socket.isAbsolute()
          ? new BusAddress(text, Optional.of(socket), "")
          : refused(text, "its path is not absolute");
    } catch (InvalidPathException | NumberFormatException | IndexOutOfBoundsException e) {
      return refused(text, "its path is malformed");
    }
  }

  private static BusAddress refused(String text, String refusal) {
    return new BusAddress(text, Optional.empty(), refusal);
  }

  /** %41 is the byte 0x41 of the path. */
  private static String unescape(String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] text = value.getBytes(PATHS);
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '%') {
        String hex = new String(text, i + 1, 2, StandardCharsets.ISO_8859_1);
        bytes.write(Integer.parseUnsignedInt(hex, 16));
        i += 2;
      } else {
        bytes.write(text[i]);
      }
    }
    return bytes.toString(PATHS);
  }
}
