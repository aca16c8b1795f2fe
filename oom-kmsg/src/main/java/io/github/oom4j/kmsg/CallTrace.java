package io.github.oom4j.kmsg;

import java.util.ArrayList;
import java.util.List;

/**
 * The frames behind {@code Call Trace:}, innermost first. Their look depends on the architecture
 * and the kernel: {@code func+0x1/0x2}, {@code [<addr>] ? func+0x1/0x2}, {@code [<addr>] (func)
 * from [<addr>] (func+0x1/0x2)}; all have an offset and a length.
 */
final class CallTrace {

  static final int MOST_FRAMES = 256;
  private static final int LONGEST = 256;

  private final List<String> frames = new ArrayList<>();
  private boolean reading;
  private boolean over;

  boolean accept(String text) {
    String line = text.strip();
    if (line.equalsIgnoreCase("Call Trace:") || line.equals("Backtrace:")) {
      reading = !over;
      return true;
    }
    if (!reading) {
      return false;
    }
    if (line.startsWith("<") && line.endsWith(">")) { // <TASK>, <IRQ>, </TASK>
      return true;
    }
    if (line.startsWith("RIP:") || line.length() > LONGEST || !isFrame(line)) {
      return false;
    }
    if (frames.size() < MOST_FRAMES) {
      frames.add(line);
    }
    return true;
  }

  private static boolean isFrame(String line) {
    int offset = line.lastIndexOf("+0x");
    return offset > 0 && line.indexOf("/0x", offset) > 0;
  }

  /** Any other line of the report, and registers, end it; later traces are not this task's. */
  void end() {
    over |= reading;
    reading = false;
  }

  List<String> frames() {
    return frames;
  }
}
