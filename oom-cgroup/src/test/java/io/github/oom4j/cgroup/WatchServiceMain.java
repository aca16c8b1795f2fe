package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import java.nio.file.Path;
import java.time.Duration;

/** Watches a cgroup in a JVM of its own, until it is removed. */
final class WatchServiceMain {

  private WatchServiceMain() {}

  public static void main(String[] args) throws Exception {
    Cgroup cgroup = Cgroup.at(Path.of(args[0]));
    try {
      cgroup.onPressure(
          PressureTrigger.some(Duration.ofMillis(150), Duration.ofSeconds(2)), pressure -> {});
    } catch (OomException e) {
      System.out.println(e);
    }
    EventSubscription closed = cgroup.onPopulated(populated -> {});
    closed.close();
    System.out.println("closed " + closed.onEnd().isDone());
    EventSubscription watch = cgroup.onPopulated(System.out::println);
    System.out.println(watch.onEnd().get());
    watch.close();
    System.out.println("thread ended " + EventsThread.ends());
  }
}
