package io.github.oom4j.cgroup;

import java.util.Arrays;

/** A JVM that makes one box after the other, until it is killed. */
final class BoxMaker {

  private BoxMaker() {}

  /** Takes the backend, then the command. */
  public static void main(String[] arguments) {
    String[] command = Arrays.copyOfRange(arguments, 1, arguments.length);
    while (true) {
      ScopedProcess job = Boxes.ofMebibytes(ScopeBackend.parse(arguments[0]), 64).start(command);
      System.out.println(job.pid());
      job.close();
    }
  }
}
