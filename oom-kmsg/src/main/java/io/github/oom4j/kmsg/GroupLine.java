package io.github.oom4j.kmsg;

import java.util.Optional;

/**
 * {@code Tasks in <path> are going to be killed due to memory.oom.group set}, since 4.19: printed
 * after the first kill of the group.
 */
record GroupLine(String cgroup) {

  static final String START = "Tasks in ";
  static final String END = " are going to be killed due to memory.oom.group set";

  static Optional<GroupLine> parse(String text, boolean fromText) {
    String line = fromText ? text.strip() : text;
    return line.startsWith(START)
            && line.endsWith(END)
            && line.length() > START.length() + END.length()
        ? Optional.of(new GroupLine(line.substring(START.length(), line.length() - END.length())))
        : Optional.empty();
  }
}
