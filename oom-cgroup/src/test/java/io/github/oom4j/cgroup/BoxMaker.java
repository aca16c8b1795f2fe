package io.github.oom4j.cgroup;

import io.github.oom4j.ByteSize;
import java.util.Arrays;

/** A JVM that makes one box after the other, until it is killed. */
final class BoxMaker {

  private static final int ROUNDS_TO_WARM_UP = 3;

  private BoxMaker() {}

  /**
   * Takes the backend, whether each box is to be in a unit that was named by us, then the command.
   * Prints how many nanoseconds the last of a few rounds took and where its box was, waits for a
   * byte, and then prints {@code +} for each start, {@code -} for each close.
   */
  public static void main(String[] arguments) throws Exception {
    MemoryScope.Builder scope =
        MemoryScope.builder()
            .memoryMax(ByteSize.mebibytes(64))
            .backend(ScopeBackend.parse(arguments[0]));
    if (Boolean.parseBoolean(arguments[1])) {
      String name = "oom4j-" + ProcessHandle.current().pid() + "-named.scope";
      scope.unit(ScopeUnit.any().withName(name));
    }
    String[] command = Arrays.copyOfRange(arguments, 2, arguments.length);
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
