package io.github.oom4j.cgroup;

import java.util.Arrays;

/** A JVM that holds a box: prints the command's PID, then waits to be killed. */
final class BoxHolder {

  private BoxHolder() {}

  /** Takes the backend, the limit in MiB, then the command. */
  public static void main(String[] arguments) throws Exception {
    String[] command = Arrays.copyOfRange(arguments, 2, arguments.length);
    ScopedProcess job =
        Boxes.ofMebibytes(ScopeBackend.parse(arguments[0]), Long.parseLong(arguments[1]))
            .start(command);
    System.out.println(job.pid() + " " + job.cgroup().path());
    job.waitFor();
  }
}
