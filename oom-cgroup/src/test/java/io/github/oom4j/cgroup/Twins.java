package io.github.oom4j.cgroup;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs commands twice, with a plain {@link ProcessBuilder} and in a box, and tells where the two
 * differ. Has a main method, to be run on a machine with another {@code /bin/sh}.
 */
final class Twins {

  private static final List<String> PRINT_ENVIRONMENT = List.of("cat", "/proc/self/environ");

  /** Names that one shell or the other reads, writes or drops; the worst first. */
  private static final List<String> NAMES =
      List.of(
          "PWD",
          "OLDPWD",
          "SHLVL",
          "_",
          "IFS",
          "OPTIND",
          "PPID",
          "PS1",
          "PS4",
          "ENV",
          "POSIXLY_CORRECT",
          "my.setting",
          "PLAIN",
          "box",
          "channel",
          "a-b",
          "1x",
          "a b",
          "OPTARG",
          "OPTERR",
          "UID",
          "EUID",
          "PS2",
          "LINENO",
          "RANDOM",
          "SECONDS",
          "HOSTNAME",
          "HOSTTYPE",
          "MACHTYPE",
          "OSTYPE",
          "TERM",
          "COLUMNS",
          "LINES",
          "HISTFILE",
          "HISTSIZE",
          "MAIL",
          "MAILPATH",
          "MAILCHECK",
          "CDPATH",
          "BASH",
          "BASH_ENV",
          "BASHOPTS",
          "BASH_VERSION",
          "GROUPS",
          "FUNCNAME",
          "DIRSTACK",
          "PIPESTATUS",
          "EPOCHSECONDS",
          "SRANDOM",
          "HOME",
          "TZ",
          "LANG",
          "ASH_VERSION",
          "FCEDIT",
          "TIMEFORMAT",
          "SHELL",
          "USER",
          "LOGNAME",
          "INPUTRC");

  private final Map<String, ProcessBuilder> commands = new LinkedHashMap<>();

  private record Outcome(int exitValue, List<String> output, String errors) {}

  private Twins(Path dir) throws IOException {
    for (int code : new int[] {0, 1, 2, 7, 125, 126, 127, 137, 255}) {
      add("exit " + code, List.of("sh", "-c", "exit " + code));
    }
    add(
        "arguments",
        List.of(
            "sh",
            "-c",
            "cat /proc/$$/cmdline",
            "x",
            "",
            "a b",
            "*",
            "'",
            "\"",
            "a\nb",
            "--",
            "-n",
            "$HOME",
            "`id`",
            "\\",
            "~",
            "a=b"));
    add("signals", List.of("grep", "-E", "^(Sig|Shd)(Ign|Blk|Cgt)", "/proc/self/status"));
    add("descriptors", List.of("ls", "/proc/self/fd"));
    add("group and session", List.of("cut", "-d", " ", "-f", "5,6", "/proc/self/stat"));
    add("limits", List.of("cat", "/proc/self/limits"));
    add("mask", List.of("grep", "Umask", "/proc/self/status"));
    add("directory", List.of("readlink", "/proc/self/cwd"), b -> b.directory(dir.toFile()));
    add("streams", List.of("sh", "-c", "echo out; echo err >&2"));
    add("one stream", List.of("sh", "-c", "echo a; echo b >&2"), b -> b.redirectErrorStream(true));
    addPrograms(dir);
    addEnvironments(dir);
  }

  private void addPrograms(Path dir) throws IOException {
    program(dir.resolve("script"), "#!/bin/sh\necho \"$0\" \"$@\"\n");
    program(dir.resolve("noInterpreter"), "echo \"$#\"\n");
    program(dir.resolve("a=b"), "#!/bin/sh\necho \"$#\"\n");
    program(dir.resolve("-dash"), "#!/bin/sh\necho \"$#\"\n");
    add("script", List.of(dir.resolve("script").toString(), "1", "2"));
    add("relative script", List.of("./script", "1"), b -> b.directory(dir.toFile()));
    add("script without #!", List.of(dir.resolve("noInterpreter").toString(), "1", "2"));
    add("program with =", List.of(dir.resolve("a=b").toString(), "1", "2"));
    add("program with -", List.of(dir.resolve("-dash").toString(), "1", "2"));
    Files.createDirectories(dir.resolve("-x"));
    Files.copy(Path.of("/bin/cat"), dir.resolve("-x/cat"), StandardCopyOption.COPY_ATTRIBUTES);
    add("relative program with -", List.of("-x/cat", "script"), b -> b.directory(dir.toFile()));
  }

  private static void program(Path file, String text) throws IOException {
    Files.writeString(file, text);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " can't be made executable");
    }
  }

  private void addEnvironments(Path dir) {
    add("inherited environment", PRINT_ENVIRONMENT);
    add("inherited environment elsewhere", PRINT_ENVIRONMENT, b -> b.directory(dir.toFile()));
    add("empty environment", PRINT_ENVIRONMENT, b -> b.environment().clear());
    add("other PATH", PRINT_ENVIRONMENT, b -> b.environment().put("PATH", "/nowhere"));
    for (String value : List.of("17", "", "/", "a\nb 'c' \"d\" $e \\")) {
      Map<String, String> all = new LinkedHashMap<>();
      NAMES.forEach(name -> all.put(name, value));
      add("all names with value " + value, PRINT_ENVIRONMENT, b -> b.environment().putAll(all));
    }
    for (String name : NAMES.subList(0, 12)) {
      add(
          "only " + name,
          PRINT_ENVIRONMENT,
          b -> {
            b.environment().clear();
            b.environment().put(name, "17");
          });
    }
    for (String hostile :
        List.of(
            "SHELLOPTS=xtrace:verbose",
            "SHELLOPTS=noexec",
            "BASH_FUNC_echo%%=() { exit 9; }",
            "BASH_XTRACEFD=1",
            "LD_PRELOAD=/no/such/library.so",
            "PS4=$(exit 9)")) {
      String[] parts = hostile.split("=", 2);
      add(hostile, PRINT_ENVIRONMENT, b -> b.environment().put(parts[0], parts[1]));
    }
  }

  private void add(String name, List<String> command) {
    add(name, command, builder -> {});
  }

  private void add(String name, List<String> command, Consumer<ProcessBuilder> setting) {
    ProcessBuilder builder = new ProcessBuilder(command);
    setting.accept(builder);
    commands.put(name, builder);
  }

  /** Where a box differs from a plain start; nothing, if all is well. */
  static List<String> differences(ScopeBackend backend, Path dir) {
    List<String> differences = new ArrayList<>();
    try {
      for (Map.Entry<String, ProcessBuilder> entry : new Twins(dir).commands.entrySet()) {
        Outcome plain = outcome(entry.getValue().start());
        Outcome boxed;
        try (ScopedProcess job = Boxes.ofMebibytes(backend, 64).start(entry.getValue())) {
          boxed = outcome(job.process());
        }
        if (!plain.equals(boxed)) {
          differences.add(entry.getKey() + ": plain " + plain + ", boxed " + boxed);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return differences;
  }

  private static Outcome outcome(Process process) throws IOException {
    process.getOutputStream().close();
    String output = text(process.getInputStream().readAllBytes());
    String errors = text(process.getErrorStream().readAllBytes());
    // The PID of the one is never that of the other; the order of variables does not matter.
    List<String> parts =
        Arrays.stream(output.split("\0", -1))
            .map(part -> part.replace("/proc/" + process.pid(), "/proc/PID"))
            .sorted()
            .toList();
    return new Outcome(process.onExit().join().exitValue(), parts, errors);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Takes the backend. Prints the differences, one a line, and the shell that was used. */
  public static void main(String[] arguments) throws IOException {
    Path dir = Files.createTempDirectory("twins");
    try {
      differences(ScopeBackend.parse(arguments[0]), dir).forEach(System.out::println);
    } finally {
      try (Stream<Path> files = Files.walk(dir)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
    System.out.println("compared with " + Path.of("/bin/sh").toRealPath());
  }
}
