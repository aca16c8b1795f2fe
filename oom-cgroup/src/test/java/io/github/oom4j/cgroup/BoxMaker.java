package io.github.oom4j.cgroup;

import java.util.Arrays;

/** A JVM that makes one box after the other, until it is killed. */
final class BoxMaker {

  private static final int ROUNDS_TO_WARM_UP = 3;

  private BoxMaker() {}

  /**
   * Takes the backend, then the command. Prints how many nanoseconds the last of a few rounds took
   * and where its box was, waits for a byte, and then prints {@code +} for each start, {@code -}
   * for each close.
   */
  public static void main(String[] arguments) throws Exception {
    MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.parse(arguments[0]), 64);
    String[] command = Arrays.copyOfRange(arguments, 1, arguments.length);
    String ready = "";
    for (int i = 0; i < ROUNDS_TO_WARM_UP; i++) {
      long start = System.nanoTime();
      ScopedProcess job = scope.start(command);
      job.close();
      ready = (System.nanoTime() - start) + " " + job.cgroup().path();
    }
    System.out.println(ready);
    System.in.read();
    while (true) {
      ScopedProcess job = scope.start(command);
      System.out.write('+');
      System.out.flush();
      job.close();
      System.out.write('-');
      System.out.flush();
    }
  }
}
