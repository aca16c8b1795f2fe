package io.github.oom4j.kmsg;

import java.util.Optional;

/**
 * Lines at which a parser that has seen nothing yet is as good as one that has seen the whole log
 * before: a header ends whatever is open.
 */
final class ReportStart {

  private ReportStart() {}

  static boolean is(String line) {
    // An indented line may continue another; a name like this may end the line before.
    if (line.isEmpty() || line.charAt(0) <= ' ' || line.contains(") total-vm:")) {
      return false;
    }
    String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    Optional<KmsgRecord> raw = KmsgRecord.parse(text);
    if (raw.isPresent()) {
      return raw.get().fromKernel()
          && !raw.get().isFragment()
          && HeaderLine.parse(raw.get().text(), false).isPresent();
    }
    TextPrefix prefix = TextPrefix.parse(text);
    return prefix.fromKernel()
        && HeaderLine.parse(text.substring(prefix.width()), false).isPresent();
  }
}
