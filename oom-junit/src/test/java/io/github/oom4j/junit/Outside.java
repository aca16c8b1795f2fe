package io.github.oom4j.junit;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A JVM that runs one sample class, for what needs a JVM of its own: to be killed, other paths. */
final class Outside {

  private Outside() {}

  /** Prints a line for each end of a test, such as {@code passed plain()}. */
  public static void main(String[] args) throws ClassNotFoundException {
    Thread current = Thread.currentThread();
    Class<?> tests = Class.forName(args[0], false, current.getContextClassLoader());
    PrintStream out = System.out;
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(tests))
                .build(),
            new TestExecutionListener() {
              @Override
              public void executionSkipped(TestIdentifier test, String reason) {
                out.println("skipped " + test.getDisplayName() + ": " + reason);
              }

              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result
                    .getThrowable()
                    .ifPresentOrElse(
                        failure -> out.println("failed " + test.getDisplayName() + ": " + failure),
                        () -> {
                          if (test.isTest()) {
                            out.println("passed " + test.getDisplayName());
                          }
                        });
              }
            });
  }

  /** The entries of this JVM's class path that satisfy a predicate, as one path. */
  static String classPath(Predicate<String> entries) {
    return allEntries().filter(entries).collect(Collectors.joining(File.pathSeparator));
  }

  /** Under Surefire with modules, the module path is part of it. */
  static Stream<String> allEntries() {
    return List.of("java.class.path", "jdk.module.path", "surefire.test.class.path").stream()
        .flatMap(name -> Arrays.stream(System.getProperty(name, "").split(File.pathSeparator, -1)))
        .filter(entry -> !entry.isEmpty())
        .distinct();
  }

  /** Starts it with arguments that say where its classes are. */
  static Process start(Class<?> tests, Path output, List<String> jvmArgs) throws IOException {
    return start(Outside.class.getName(), tests, output, jvmArgs);
  }

  /** Starts it by another name of the main class, as for modules. */
  static Process start(String main, Class<?> tests, Path output, List<String> jvmArgs)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArgs);
    command.add(main);
    command.add(tests.getName());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
