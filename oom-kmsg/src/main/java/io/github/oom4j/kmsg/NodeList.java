package io.github.oom4j.kmsg;

import java.util.Optional;

/** A list of NUMA nodes as the kernel prints it ({@code %*pbl}): {@code 0-1,3}. */
final class NodeList {

  private NodeList() {}

  static boolean isOne(String text) {
    return length(text) == text.length() && !text.isEmpty();
  }

  /** How many characters of a text that starts with a list belong to it. */
  static int length(String text) {
    int length = 0;
    while (length < text.length() && "0123456789,-".indexOf(text.charAt(length)) >= 0) {
      length++;
    }
    // The list may end with the comma that separates it from the next field.
    return length > 0 && text.charAt(length - 1) == ',' ? length - 1 : length;
  }

  /** Consumes a list or {@code (null)}, which is no list. */
  static Optional<String> skip(Cursor line) {
    if (line.skip("(null)")) {
      return Optional.empty();
    }
    int from = line.position();
    line.backTo(from + length(line.rest()));
    String list = line.text(from, line.position());
    return list.isEmpty() ? Optional.empty() : Optional.of(list);
  }
}
