package io.github.oom4j.cgroup;

import io.github.oom4j.OomException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A JVM somewhere odd: prints what it finds there, one {@code key: value} a line. */
final class Prober {

  private Prober() {}

  /** Takes what goes before the command line, such as unshare, and options of the JVM. */
  static Map<String, String> run(
      Map<String, String> environment, List<String> before, String... options) throws Exception {
    List<String> command = new ArrayList<>(before);
    List<String> java = Boxes.java(Prober.class);
    command.add(java.get(0));
    command.addAll(Arrays.asList(options));
    command.addAll(java.subList(1, java.size()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process jvm = builder.start();
    String printed = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> found = new TreeMap<>();
    for (String line : printed.lines().toList()) {
      String[] halves = line.split(": ", 2);
      found.put(halves[0], halves.length == 2 ? halves[1] : "");
    }
    if (jvm.waitFor() != 0) {
      throw new AssertionError(printed);
    }
    return found;
  }

  /** A shell's script, and then what is to be run. */
  static List<String> sh(String script, String... wrapper) {
    List<String> command = new ArrayList<>(Arrays.asList(wrapper));
    command.addAll(List.of("sh", "-c", script + " && exec \"$@\"", "sh"));
    return command;
  }

  public static void main(String[] arguments) throws Exception {
    BackendDetection detection = ScopeBackend.detect();
    for (ScopeBackend backend : ScopeBackend.values()) {
      print(backend.toString(), detection.reasons().getOrDefault(backend, ""));
    }
    print("chosen", detection.chosen().map(ScopeBackend::toString).orElse("none"));
    try {
      Cgroup own = Cgroup.self();
      print("own", own.name());
      print("current", current(own));
    } catch (OomException e) {
      print("own", e);
    }
    print("capabilities", Capabilities.probe().toTable().lines().count());
    print("boxes", run("exit 3") + " " + run("exec " + Boxes.hog(300)));
    print("left", Boxes.left());
  }

  private static String current(Cgroup cgroup) {
    try {
      return cgroup.memory().current().toString();
    } catch (OomException e) {
      return e.toString();
    }
  }

  private static String run(String script) throws Exception {
    try (ScopedProcess job = Boxes.ofMebibytes(64).start("sh", "-c", script)) {
      ScopeResult result = job.waitFor();
      return result.exitValue() + " " + result.verdict().getClass().getSimpleName();
    } catch (OomException e) {
      return e.toString();
    }
  }

  private static void print(String key, Object value) {
    System.out.println(key + ": " + value.toString().replace('\n', ' '));
  }
}
