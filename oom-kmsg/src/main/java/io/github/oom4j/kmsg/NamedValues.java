package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code name:<n>kB name: <n>KB name:<n> all_unreclaimable? yes ..}: names come and go from kernel
 * to kernel, so all are kept; what has another shape is skipped.
 *
 * @param sizes the values with a unit
 * @param counts the values without one
 */
record NamedValues(
    Map<String, ByteSize> sizes, Map<String, Long> counts, boolean allUnreclaimable) {

  private static final int LONGEST_NAME = 64;
  private static final int MOST = 64;

  static NamedValues parse(String text) {
    Map<String, ByteSize> sizes = new LinkedHashMap<>();
    Map<String, Long> counts = new LinkedHashMap<>();
    boolean unreclaimable = false;
    List<String> tokens = Words.of(text, 4 * MOST);
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
      if (token.equals("all_unreclaimable?")) {
        unreclaimable = next.equals("yes");
      }
      int colon = token.indexOf(':');
      if (colon <= 0 || colon > LONGEST_NAME || sizes.size() + counts.size() >= MOST) {
        continue;
      }
      String name = token.substring(0, colon);
      String value = colon + 1 == token.length() ? next : token.substring(colon + 1);
      Cursor cursor = new Cursor(value);
      long number = cursor.number();
      if (number >= 0 && cursor.atEnd()) {
        counts.putIfAbsent(name, number);
      } else if (number >= 0 && cursor.skipAny("kB", "KB") && cursor.atEnd()) {
        Optional<ByteSize> size = Cursor.size(number);
        if (size.isPresent()) {
          sizes.putIfAbsent(name, size.get());
        }
      }
    }
    return new NamedValues(sizes, counts, unreclaimable);
  }
}
