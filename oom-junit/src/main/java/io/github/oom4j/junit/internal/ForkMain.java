package io.github.oom4j.junit.internal;

import io.github.oom4j.junit.internal.ForkReport.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The main class of the JVM in the box: runs one test and reports how it went. */
public final class ForkMain {

  /** The name of the report's file in the directory that both JVMs know. */
  public static final String REPORT = "report";

  /** Files of that directory which only serve the start. */
  public static final List<String> FILES = List.of(ForkRequest.FILE, REPORT, "arguments");

  private static volatile boolean running;

  private ForkMain() {}

  /**
   * Whether this is the JVM in the box.
   *
   * @return false in the JVM outside
   */
  public static boolean isRunning() {
    return running;
  }

  /**
   * Runs the test and ends this JVM.
   *
   * @param args the directory that both JVMs know
   * @throws IOException if it can't be read
   */
  public static void main(String[] args) throws IOException {
    running = true;
    Path directory = Path.of(args[0]);
    ForkRequest request = ForkRequest.read(directory);
    try (ReportWriter report = new ReportWriter(Files.newOutputStream(directory.resolve(REPORT)))) {
      // Both JVMs have open what they need; so nothing is left if the one outside is killed.
      delete(directory);
      Properties own = System.getProperties();
      request.properties().forEach(own::putIfAbsent);
      TestWatch watch = new TestWatch(report, Thread.currentThread());
      Runtime.getRuntime().addShutdownHook(new Thread(watch::tellEnding, "oom4j-ending"));
      try {
        run(request, watch);
      } catch (OutOfMemoryError e) {
        report.outOfMemory();
      }
      System.out.flush();
      System.err.flush();
      // Threads of the test may go on; in a JVM with other tests they would not keep it, either.
      System.exit(0);
    }
  }

  private static void delete(Path directory) throws IOException {
    for (String file : FILES) {
      Files.deleteIfExists(directory.resolve(file));
    }
    Files.deleteIfExists(directory);
  }

  private static void run(ForkRequest request, TestWatch watch) {
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .build();
    LauncherDiscoveryRequest discovery =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectUniqueId(request.test()))
            .configurationParameters(request.parameters())
            .build();
    @Nullable Throwable thrown = null;
    try (LauncherSession session = LauncherFactory.openSession(config)) {
      session.getLauncher().execute(discovery, watch);
    } catch (Throwable e) {
      thrown = e;
    }
    watch.tellOutcome(thrown, request.test());
  }

  /** Whether the JVM's own limits were the reason, however deep. */
  static Status status(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 100; depth++) {
      if (cause instanceof OutOfMemoryError) {
        return Status.OUT_OF_MEMORY_ERROR;
      }
      cause = cause.getCause();
    }
    return Status.FAILED;
  }

  /** The memory of this process that is not heap, or 0 where /proc does not tell. */
  static long outsideHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    return Math.max(0, anonymous() - used);
  }

  private static long anonymous() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("RssAnon:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
    } catch (IOException e) {
      // Advice without that number.
    }
    return 0;
  }
}
