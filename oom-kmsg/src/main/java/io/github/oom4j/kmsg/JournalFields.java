package io.github.oom4j.kmsg;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal's fields one a line: {@code journalctl -o export} (systemd.io, Journal Export
 * Formats), where an empty line ends the entry and a field that is not plain text has its length in
 * 8 bytes in front; and {@code -o verbose}, where fields are indented and a time stands above.
 */
final class JournalFields {

  private static final int MOST_FIELDS = 256;
  private static final int LONGEST_FIELD = 65_536;

  /** The length in front of a binary field, one character for each byte. */
  private static final int LENGTH_WIDTH = 8;

  private final Consumer<Map<String, String>> entries;
  private final Map<String, String> fields = new LinkedHashMap<>();
  private @Nullable String binaryKey;
  private final StringBuilder binary = new StringBuilder();
  private String lastKey = "";
  private int indent;

  /** The time that stands above the next entry of {@code -o verbose}, in microseconds; or empty. */
  private String time = "";

  JournalFields(Consumer<Map<String, String>> entries) {
    this.entries = entries;
  }

  /** Whether an entry is open. */
  boolean isOpen() {
    return !fields.isEmpty() || binaryKey != null;
  }

  /** Takes the line if it belongs to an entry, or begins one. */
  boolean accept(String line) {
    if (binaryKey != null) {
      return binary(line);
    }
    if (!isOpen() && !begins(line)) {
      time = "";
      return false;
    }
    if (line.isEmpty()) {
      flush();
      return true;
    }
    int from = blanks(line);
    int key = endOfKey(line, from);
    if (key < 0) {
      return goesOn(line, from);
    }
    if (isOpen() && from != indent) {
      flush();
    }
    indent = from;
    if (key == line.length()) {
      binaryKey = line.substring(from, key);
      binary.setLength(0);
    } else {
      put(line.substring(from, key), line.substring(key + 1));
    }
    return true;
  }

  /** A further line of a field of {@code -o verbose}; anything else ends the entry. */
  private boolean goesOn(String line, int from) {
    String value = fields.get(lastKey);
    int width = indent + lastKey.length() + 1;
    if (indent > 0 && from >= width && value != null && value.length() < LONGEST_FIELD) {
      fields.put(lastKey, value + '\n' + line.substring(width));
      return true;
    }
    flush();
    if (!isVerboseTime(line)) {
      return false;
    }
    time = verboseTime(line);
    return true;
  }

  /** {@code Sun 2026-11-22 19:07:32.614679 UTC [s=..;i=..;b=..;m=..;t=6614fecc556d4;x=..]}. */
  private static boolean isVerboseTime(String line) {
    return line.endsWith("]") && line.contains(" [s=") && line.contains(";i=");
  }

  private static String verboseTime(String line) {
    int from = line.indexOf(";t=") + 3;
    int to = line.indexOf(';', from);
    try {
      return from < 3 || to < 0 ? "" : Long.toString(Long.parseLong(line, from, to, 16));
    } catch (NumberFormatException e) {
      return "";
    }
  }

  private boolean begins(String line) {
    int from = blanks(line);
    int key = endOfKey(line, from);
    if (key < 0) {
      return isVerboseTime(line);
    }
    String name = line.substring(from, key);
    return key < line.length()
        ? name.equals("MESSAGE")
            || name.startsWith("_")
            || name.equals("PRIORITY")
            || name.startsWith("SYSLOG_")
        : name.equals("MESSAGE");
  }

  private boolean binary(String line) {
    if (binary.length() > 0 || (!line.isEmpty() && !startsWithLength(line))) {
      if (binary.length() >= LENGTH_WIDTH && (line.isEmpty() || endOfKey(line, 0) > 0)) {
        String key = binaryKey == null ? "" : binaryKey;
        binaryKey = null;
        put(key, binary.substring(LENGTH_WIDTH, Math.max(LENGTH_WIDTH, binary.length() - 1)));
        return accept(line);
      }
      if (binary.length() == 0 || binary.length() > LONGEST_FIELD) { // no export after all
        binaryKey = null;
        return accept(line);
      }
    }
    binary.append(line).append('\n');
    return true;
  }

  /** Seven of the eight bytes are mostly zero; a length of 10 is a line break. */
  private static boolean startsWithLength(String line) {
    return line.indexOf('\0') >= 0;
  }

  private void put(String key, String value) {
    if (fields.isEmpty() && !time.isEmpty()) {
      fields.put(JournalEntry.TIME, time);
      time = "";
    }
    lastKey = key;
    if (fields.size() < MOST_FIELDS) {
      fields.putIfAbsent(key, value);
    }
  }

  /** Hands over the entry that is open. */
  void flush() {
    if (binaryKey != null && binary.length() > LENGTH_WIDTH) {
      put(binaryKey, binary.substring(LENGTH_WIDTH, binary.length() - 1));
    }
    binaryKey = null;
    if (JournalEntry.hasMessage(fields)) {
      entries.accept(Map.copyOf(fields));
    }
    fields.clear();
    lastKey = "";
  }

  private static int blanks(String line) {
    int at = 0;
    while (at < line.length() && line.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  /** Where {@code KEY=} or a line that is {@code KEY} has its end; -1 if it is neither. */
  private static int endOfKey(String line, int from) {
    int at = from;
    while (at < line.length()
        && at - from <= 64
        && ((line.charAt(at) >= 'A' && line.charAt(at) <= 'Z')
            || line.charAt(at) == '_'
            || (at > from && line.charAt(at) >= '0' && line.charAt(at) <= '9'))) {
      at++;
    }
    return at - from >= 2 && (at == line.length() || line.charAt(at) == '=') ? at : -1;
  }
}
