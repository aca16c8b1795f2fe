package io.github.oom4j.examples;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * What one command printed, and how it ended.
 *
 * @param jvm the PID of the JVM that ran it
 * @param status the exit status
 * @param out standard output
 * @param err standard error
 */
record Cli(long jvm, int status, String out, String err) {

  static Cli run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    return new Cli(ProcessHandle.current().pid(), status, out.toString(), err.toString());
  }

  List<Map<String, Object>> json() {
    return out.lines()
        .map(
            line -> {
              try {
                return JSON.std.mapFrom(line);
              } catch (IOException e) {
                throw new UncheckedIOException(line, e);
              }
            })
        .toList();
  }
}
