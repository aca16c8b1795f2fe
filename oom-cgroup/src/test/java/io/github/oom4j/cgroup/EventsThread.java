package io.github.oom4j.cgroup;

import io.github.oom4j.guest.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The thread that calls listeners, as the kernel sees it. */
final class EventsThread {

  private EventsThread() {}

  private static List<Path> tasks() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(EventsThread::isIt).toList();
    }
  }

  private static boolean isIt(Path task) {
    try {
      return Files.readString(task.resolve("comm")).equals("oom4j-events\n");
    } catch (IOException e) {
      return false;
    }
  }

  static int count() throws IOException {
    return tasks().size();
  }

  /** Whether it ends; the kernel may show it for a while after Java saw it end. */
  static boolean ends() {
    return Await.until(
        () -> {
          try {
            return count() == 0;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** How often it went to sleep, and how often it was made to: each is a wake-up before. */
  static List<String> switches() throws IOException {
    return Files.readAllLines(tasks().get(0).resolve("status")).stream()
        .filter(line -> line.contains("ctxt_switches"))
        .toList();
  }
}
