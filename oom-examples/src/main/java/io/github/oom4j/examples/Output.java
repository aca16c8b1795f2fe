package io.github.oom4j.examples;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command prints. */
final class Output {

  private Output() {}

  static PrintWriter of(@Nullable CommandSpec spec) {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  static PrintWriter errOf(@Nullable CommandSpec spec) {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }

  /** A process names itself: keep control characters away from the terminal. */
  static String printable(String comm) {
    StringBuilder text = new StringBuilder();
    comm.codePoints()
        .forEach(c -> text.append(Character.isISOControl(c) ? "?" : Character.toString(c)));
    return text.toString();
  }
}
