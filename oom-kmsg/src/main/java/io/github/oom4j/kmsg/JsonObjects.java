package io.github.oom4j.kmsg;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects out of lines, on one line or over many: journalctl's, dmesg's, those of
 * container runtimes. Every object that closes is handed over with its texts and numbers; an array
 * of small numbers is a text in bytes, as journalctl writes what is not UTF-8. Lines that turn out
 * to be no JSON are handed back.
 *
 * <p>A line break within a text is taken for a wrapped line. Memory is bounded: {@value
 * #LONGEST_OBJECT} characters of one object.
 */
final class JsonObjects {

  private static final int LONGEST_OBJECT = 262_144;
  private static final int DEEPEST = 32;
  private static final int MOST_FIELDS = 256;

  private final Consumer<Map<String, String>> objects;
  private final Consumer<String> plainLines;
  private final List<String> consumed = new ArrayList<>();
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final StringBuilder token = new StringBuilder();
  private int length;
  private boolean inText;
  private int escape; // 0 none, 1 behind a backslash, 2 to 5 within four hex digits

  /** An open object or array, and the key that waits for its value. */
  private static final class Frame {
    final Map<String, String> fields = new LinkedHashMap<>();
    final @Nullable ByteArrayOutputStream bytes;
    String key = "";
    boolean hasKey;

    Frame(boolean array) {
      bytes = array ? new ByteArrayOutputStream() : null;
    }
  }

  JsonObjects(Consumer<Map<String, String>> objects, Consumer<String> plainLines) {
    this.objects = objects;
    this.plainLines = plainLines;
  }

  /** Whether such a line may begin an object, or lie within one whose beginning is missing. */
  static boolean opens(String line) {
    int at = start(line);
    if (at == line.length()) {
      return false;
    }
    int next = at + 1;
    while (next < line.length() && line.charAt(next) == ' ') {
      next++;
    }
    char after = next < line.length() ? line.charAt(next) : '\n';
    return switch (line.charAt(at)) {
      case '{' -> after == '"' || after == '\n' || after == '}';
      case '[' -> after == '{';
      case '"' -> isField(line, at);
      case '}' -> line.startsWith("},{", at) || line.startsWith("}, {", at);
      default -> false;
    };
  }

  /** Behind indentation and the record separator of {@code json-seq} and {@code json-sse}. */
  private static int start(String line) {
    int at = 0;
    while (at < line.length() && (line.charAt(at) <= ' ' || line.charAt(at) == '\u001e')) {
      at++;
    }
    if (line.startsWith("data: {", at)) {
      at += "data: ".length();
    }
    return at;
  }

  /** {@code "key" : "value"} or {@code "key": 12}, with a name of a few characters. */
  private static boolean isField(String line, int quote) {
    Cursor cursor = new Cursor(line, quote + 1);
    String key = cursor.upTo('"', 64);
    if (key.isEmpty() || !cursor.skip("\"")) {
      return false;
    }
    cursor.skipBlanks();
    if (!cursor.skip(":")) {
      return false;
    }
    cursor.skipBlanks();
    return cursor.skip("\"") || cursor.skip("[") || cursor.skip("{") || cursor.number() >= 0;
  }

  /** Whether an object is open, so that the next line belongs here. */
  boolean isOpen() {
    return !frames.isEmpty();
  }

  /** Takes a line that {@link #opens} an object, or any while one is open. */
  void accept(String line) {
    int at = frames.isEmpty() ? start(line) : 0;
    if (frames.isEmpty()) {
      char first = line.charAt(at);
      if (first == '"' || first == '}') {
        frames.push(new Frame(false));
      }
    }
    consumed.add(line);
    length += line.length();
    for (int i = at; i < line.length(); i++) {
      if (length > LONGEST_OBJECT || !step(line.charAt(i))) {
        giveUp();
        return;
      }
      if (frames.isEmpty() && length > 0) {
        restart();
      }
    }
    if (frames.isEmpty()) {
      restart();
    }
  }

  private void restart() {
    consumed.clear();
    length = 0;
  }

  /** Hands over what is open, as the log has ended. */
  void flush() {
    if (isOpen()) {
      giveUp();
    }
  }

  private void giveUp() {
    List<String> lines = List.copyOf(consumed);
    boolean any = false;
    if (inText) {
      endText();
    }
    for (Frame frame : frames) {
      if (frame.bytes == null && JournalEntry.hasMessage(frame.fields)) {
        objects.accept(frame.fields);
        any = true;
      }
    }
    reset();
    if (!any) {
      lines.forEach(plainLines);
    } else {
      plainLines.accept(lines.get(lines.size() - 1));
    }
  }

  private void reset() {
    frames.clear();
    token.setLength(0);
    inText = false;
    escape = 0;
    restart();
  }

  /** Takes a character; false if this is no JSON. */
  private boolean step(char c) {
    if (inText) {
      return text(c);
    }
    switch (c) {
      case '"' -> {
        inText = true;
        return !frames.isEmpty();
      }
      case '{', '[' -> {
        frames.push(new Frame(c == '['));
        return frames.size() <= DEEPEST;
      }
      case '}', ']' -> {
        return close(c == ']');
      }
      case ':' -> {
        return !frames.isEmpty() && frames.element().hasKey;
      }
      case ',' -> {
        endNumber();
        if (!frames.isEmpty()) {
          frames.element().hasKey = false;
        }
        return true;
      }
      default -> {
        if (c <= ' ' || c == '\u001e') {
          return true;
        }
        token.append(c);
        return !frames.isEmpty() && token.length() <= 32 && isBareword(c);
      }
    }
  }

  private static boolean isBareword(char c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || c == '-'
        || c == '+'
        || c == '.'
        || c == 'E';
  }

  private boolean text(char c) {
    if (escape == 1) {
      escape = c == 'u' ? 2 : 0;
      switch (c) {
        case 'n' -> token.append('\n');
        case 't' -> token.append('\t');
        case 'r' -> token.append('\r');
        case 'b' -> token.append('\b');
        case 'f' -> token.append('\f');
        case 'u' -> token.append('\0');
        default -> token.append(c);
      }
    } else if (escape >= 2) {
      int digit = Character.digit(c, 16);
      int last = token.length() - 1;
      token.setCharAt(last, (char) (token.charAt(last) << 4 | digit));
      escape = escape == 5 ? 0 : escape + 1;
      return digit >= 0;
    } else if (c == '\\') {
      escape = 1;
    } else if (c == '"') {
      endText();
    } else {
      token.append(c);
    }
    return true;
  }

  private void endText() {
    inText = false;
    Frame frame = frames.element();
    if (frame.bytes == null && !frame.hasKey) {
      frame.key = token.toString();
      frame.hasKey = true;
    } else {
      put(frame, token.toString());
    }
    token.setLength(0);
  }

  private void endNumber() {
    if (token.length() > 0 && !frames.isEmpty()) {
      Frame frame = frames.element();
      String number = token.toString();
      if (frame.bytes == null) {
        put(frame, number);
      } else {
        Cursor cursor = new Cursor(number);
        int value = cursor.smallNumber();
        if (value >= 0 && value < 256 && cursor.atEnd()) {
          frame.bytes.write(value);
        }
      }
    }
    token.setLength(0);
  }

  private static void put(Frame frame, String value) {
    if (frame.fields.size() < MOST_FIELDS && !value.equals("null")) {
      frame.fields.putIfAbsent(frame.key, value);
    }
  }

  private boolean close(boolean array) {
    endNumber();
    Frame closed = frames.poll();
    if (closed == null || (closed.bytes != null) != array) {
      return false;
    }
    Frame outer = frames.peek();
    if (closed.bytes == null) {
      if (JournalEntry.hasMessage(closed.fields)) {
        objects.accept(closed.fields);
      }
      if (outer != null) { // what was handed over needs no second reading
        consumed.clear();
        length = 0;
      }
    } else if (outer != null && outer.hasKey) {
      String first = closed.fields.get("");
      if (first != null) {
        put(outer, first);
      } else if (closed.bytes.size() > 0) {
        put(outer, closed.bytes.toString(StandardCharsets.UTF_8));
      }
    }
    return true;
  }
}
