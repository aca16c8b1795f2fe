package io.github.oom4j.cgroup;

import io.github.oom4j.cgroup.internal.CgroupTree;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A {@link BoxMaker} that is stopped while it makes a box, looked at, and killed. What can be seen
 * from outside tells how far it was, whatever the launch does in which order.
 */
final class DoomedJvm implements AutoCloseable {

  /** How far the JVM was when it was stopped. */
  enum Step {
    /** Nothing can be seen yet. */
    BEGUN,
    /** It has child processes, and no cgroup. */
    HELPERS,
    /** There is a cgroup of its own, or a unit, but not yet that of the command. */
    AROUND,
    /** The command's cgroup is there, and empty. */
    BOX,
    /** A process is in it. */
    ENTERED,
    /** The start has returned, and the box is there. */
    STARTED,
    /** The box is empty, or gone. */
    CLOSING
  }

  private final Process jvm;
  private final Process shell;
  private final String name;
  private final long nanos;
  private final File parent;
  private final boolean inScopes;
  private List<ProcessHandle> helpers = List.of();

  /**
   * Starts one, and waits until its launches are quick.
   *
   * @param named whether each box is in a unit that was named by us, and so in a new scope
   */
  DoomedJvm(ScopeBackend backend, boolean named, String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(backend.toString(), "" + named));
    arguments.addAll(List.of(command));
    List<String> java = Boxes.java(BoxMaker.class, arguments.toArray(String[]::new));
    jvm = new ProcessBuilder(java).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // Signals by a shell that is there already: to start one takes as long as a launch.
    shell = new ProcessBuilder("sh", "-c", "while read line; do kill $line; echo; done").start();
    name = "oom4j-" + jvm.pid() + "-";
    String[] ready = line(jvm.getInputStream()).split(" ", 2);
    nanos = Long.parseLong(ready[0]);
    Path box = Path.of(ready[1]);
    int above = 0;
    while (!box.getName(above).toString().startsWith(name)) {
      above++;
    }
    parent = new File("/" + box.subpath(0, above));
    inScopes = above < box.getNameCount() - 1;
  }

  long pid() {
    return jvm.pid();
  }

  /** How long a start and a close take in it. */
  long nanos() {
    return nanos;
  }

  /** Lets it make boxes; stops it when the time has come. */
  Step stopWhen(BooleanSupplier now) throws IOException {
    OutputStream in = jvm.getOutputStream();
    in.write('\n');
    in.flush();
    while (!now.getAsBoolean()) {
      Thread.onSpinWait();
    }
    signal("-STOP");
    helpers = jvm.descendants().toList();
    return step();
  }

  /** Whether its next box, or what is made around it, is there. */
  boolean has(Step step) {
    return switch (step) {
      case AROUND -> ours(parent).findAny().isPresent();
      case BOX -> boxes().findAny().isPresent();
      default -> boxes().anyMatch(DoomedJvm::isPopulated);
    };
  }

  private Step step() throws IOException {
    InputStream said = jvm.getInputStream();
    String news = new String(said.readNBytes(said.available()), StandardCharsets.US_ASCII);
    if (news.endsWith("+")) {
      return has(Step.ENTERED) ? Step.STARTED : Step.CLOSING;
    }
    return Stream.of(Step.ENTERED, Step.BOX, Step.AROUND)
        .filter(this::has)
        .findFirst()
        .orElse(helpers.isEmpty() ? Step.BEGUN : Step.HELPERS);
  }

  private Stream<File> boxes() {
    return inScopes ? ours(parent).flatMap(this::ours) : ours(parent);
  }

  private Stream<File> ours(File directory) {
    File[] found = directory.listFiles((in, child) -> child.startsWith(name));
    return found == null ? Stream.empty() : Stream.of(found);
  }

  private static boolean isPopulated(File box) {
    try {
      return !Files.readString(box.toPath().resolve("cgroup.procs")).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it. */
  void kill() throws Exception {
    jvm.destroyForcibly().waitFor();
  }

  /** What outlives it so far. */
  List<Object> left() {
    List<Object> left = new ArrayList<>();
    Boxes.of(jvm.pid()).forEach(box -> left.add(box + " with " + processes(box)));
    helpers.stream().filter(helper -> Boxes.isAlive(helper.pid())).forEach(left::add);
    return left;
  }

  private static List<String> processes(Path box) {
    List<String> lines = new ArrayList<>();
    for (Path cgroup : new CgroupTree(box).cgroups()) {
      try {
        for (long pid : CgroupTree.processes(cgroup)) {
          lines.add(ProcessHandle.of(pid).flatMap(p -> p.info().commandLine()) + " in " + cgroup);
        }
      } catch (IOException e) {
        // It is going.
      }
    }
    return lines;
  }

  private void signal(String which) throws IOException {
    OutputStream in = shell.getOutputStream();
    in.write((which + " " + jvm.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
    line(shell.getInputStream());
  }

  /** Byte by byte: what follows is not ours. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int letter = in.read(); letter != '\n'; letter = in.read()) {
      if (letter < 0) {
        throw new IOException("it ended after '" + line + "'");
      }
      line.append((char) letter);
    }
    return line.toString();
  }

  @Override
  public void close() {
    jvm.destroyForcibly();
    shell.destroyForcibly();
  }
}
