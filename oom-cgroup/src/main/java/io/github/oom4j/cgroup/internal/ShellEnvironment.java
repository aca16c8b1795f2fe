package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Brings an environment through a shell unchanged. A shell drops variables whose names are no shell
 * identifiers, gives some names a meaning of its own, and adds others; these go around it, through
 * {@code env}(1), which is the last to run before the command. All others pass through the shell as
 * they are, so that their values appear in no command line.
 */
final class ShellEnvironment {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Read or written by dash, tried with {@code env -i NAME=x sh -c env}. */
  private static final Set<String> SPECIAL_TO_DASH = Set.of("PWD", "IFS", "OPTIND", "PPID");

  /** By dash, bash or busybox. */
  private static final Set<String> SPECIAL =
      Set.of(
          "PWD",
          "OLDPWD",
          "SHLVL",
          "_",
          "IFS",
          "OPTIND",
          "OPTARG",
          "OPTERR",
          "PPID",
          "UID",
          "EUID",
          "GROUPS",
          "LINENO",
          "RANDOM",
          "SRANDOM",
          "SECONDS",
          "EPOCHSECONDS",
          "EPOCHREALTIME",
          "FUNCNAME",
          "DIRSTACK",
          "HISTCMD",
          "PIPESTATUS",
          "SHELLOPTS",
          "POSIXLY_CORRECT",
          "ENV",
          "PS1",
          "PS2",
          "PS4",
          "LINES",
          "COLUMNS",
          "COMP_WORDBREAKS");

  /** What a shell other than dash may put into the environment by itself. */
  private static final List<String> ADDED = List.of("PWD", "OLDPWD", "SHLVL", "_");

  /** dash adds PWD and nothing else, and can take it away again. */
  private final boolean dash;

  private final Optional<Path> env;
  private final Map<String, String> wanted;

  private ShellEnvironment(boolean dash, Optional<Path> env, Map<String, String> wanted) {
    this.dash = dash;
    this.env = env;
    this.wanted = wanted;
  }

  /** For the {@code /bin/sh} and {@code env} of this machine. */
  static ShellEnvironment of(Map<String, String> wanted) {
    Optional<Path> env =
        Stream.of("/usr/bin/env", "/bin/env").map(Path::of).filter(Files::isExecutable).findFirst();
    return new ShellEnvironment(shell().equals("dash"), env, wanted);
  }

  /** The name of the program that {@code /bin/sh} is, such as dash; empty if there is none. */
  static String shell() {
    try {
      return Path.of("/bin/sh").toRealPath().getFileName().toString();
    } catch (IOException e) {
      return "";
    }
  }

  private boolean passes(String name) {
    boolean special =
        dash ? SPECIAL_TO_DASH.contains(name) : SPECIAL.contains(name) || name.startsWith("BASH");
    return IDENTIFIER.matcher(name).matches()
        && !special
        // A library for the command's sake should not be loaded into the shell.
        && !name.startsWith("LD_");
  }

  /** Makes the shell's environment what may pass through it. Untouched values keep their bytes. */
  void fill(Map<String, String> shell) {
    shell.keySet().removeIf(name -> !wanted.containsKey(name) || !passes(name));
    wanted.forEach(
        (name, value) -> {
          if (passes(name) && !value.equals(shell.get(name))) {
            shell.put(name, value);
          }
        });
  }

  /** For the script's last act: {@code =value} to set PWD, {@code -} to take it away. */
  String pwd() {
    String pwd = wanted.get("PWD");
    return pwd == null ? "-" : "=" + pwd;
  }

  /**
   * The words that go before the command's own, so that env puts the rest right.
   *
   * @param program the command's program
   * @throws LaunchException if env is needed and would take the program for a variable
   */
  List<String> prefix(String program) {
    List<String> around = new ArrayList<>();
    wanted.forEach(
        (name, value) -> {
          if (!passes(name) && !(dash && name.equals("PWD"))) {
            around.add(name + "=" + value);
          }
        });
    if (env.isEmpty() || (dash && around.isEmpty())) {
      return List.of();
    }
    if (program.contains("=")) {
      // What shells leave behind by themselves, nobody misses.
      around.removeIf(variable -> ADDED.contains(variable.replaceAll("(?s)=.*", "")));
      if (around.isEmpty()) {
        return List.of();
      }
      throw new LaunchException(
          "could not start "
              + program
              + ": its path holds '=', and variables with names that no shell passes on ("
              + around.get(0).replaceAll("=.*", "")
              + ") can't be handed to such a program; start it through a symbolic link");
    }
    List<String> words = new ArrayList<>();
    words.add(env.get().toString());
    if (!dash) {
      Stream.concat(ADDED.stream(), wanted.containsKey("PATH") ? Stream.of() : Stream.of("PATH"))
          .forEach(name -> words.addAll(List.of("-u", name)));
    }
    words.add("--");
    words.addAll(around);
    return words;
  }
}
