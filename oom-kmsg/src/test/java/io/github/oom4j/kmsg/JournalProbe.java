package io.github.oom4j.kmsg;

import io.github.oom4j.OomException;
import io.github.oom4j.OomKillEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own that reads the journal, for tests that need another user or a crash. */
final class JournalProbe {

  private JournalProbe() {}

  public static void main(String[] args) throws InterruptedException {
    try {
      List<OomKillEvent> kills = KernelLog.journal().kills().toList();
      if (args[0].equals("follow")) {
        try (KernelJournalWatch watch = KernelLog.journal().watch(kill -> {})) {
          System.out.println("following " + watch.failure());
          Thread.sleep(Long.MAX_VALUE);
        }
      }
      System.out.println("kills " + kills.stream().map(kill -> kill.victim().pid()).toList());
    } catch (OomException e) {
      System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }

  /** Starts it, through a command such as setpriv. */
  static Process start(List<String> through, String mode) throws IOException {
    List<String> command = new ArrayList<>(through);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String modules = System.getProperty("jdk.module.path", "");
    String classes = System.getProperty("java.class.path", "");
    String tests = Path.of("target/test-classes").toAbsolutePath().toString();
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(String.join(":", tests, classes, modules));
    command.addAll(List.of(JournalProbe.class.getName(), mode));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
