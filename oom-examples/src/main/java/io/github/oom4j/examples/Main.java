package io.github.oom4j.examples;

import io.github.oom4j.DeniedException;
import io.github.oom4j.KernelIoException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.OomException;
import io.github.oom4j.UnsupportedKernelException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command line tool: {@code java -jar oom-examples.jar demo}. */
@Command(
    name = "oom4j",
    description = "Everything about the Linux OOM killer: look, score, contain, explain.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      MemoryCommand.class,
      ScoreCommand.class,
      RankingCommand.class,
      RunCommand.class,
      FloorCommand.class,
      LogCommand.class,
      DoctorCommand.class
    },
    footer = {
      "",
      "Start with 'demo'. Each command explains itself with --help.",
      "Exit status: 0 done; 2 bad usage or input; 3 not permitted or not supported here;",
      "'run' exits with the status of its command, 128 + signal if it was killed;",
      "'floor' with 1 if there is none in the range."
    })
public final class Main {

  static final int BAD_INPUT = 2;
  static final int NOT_HERE = 3;

  private Main() {}

  /**
   * Runs one command and exits with its status.
   *
   * @param args the command line
   */
  public static void main(String... args) {
    int status = commandLine().execute(args);
    // Also flushes: a full disk or a closed pipe must not look like success.
    if (System.out.checkError()) {
      System.err.println("oom4j: could not write all output");
      status = status == 0 ? NOT_HERE : status;
    }
    System.exit(status);
  }

  static CommandLine commandLine() {
    CommandLine oom4j = new CommandLine(new Main());
    // The options that follow the command of 'run' and 'floor' are the command's.
    for (String name : List.of("run", "floor")) {
      Objects.requireNonNull(oom4j.getSubcommands().get(name)).setStopAtPositional(true);
    }
    return oom4j
        .setParameterExceptionHandler(Main::badUsage)
        .setExecutionExceptionHandler(Main::failed);
  }

  /** One line on stderr, not a page of help. */
  private static int badUsage(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    return say(
        e.getCommandLine().getErr(),
        e.getMessage() + "; see '" + command.qualifiedName() + " --help'",
        BAD_INPUT);
  }

  private static int failed(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed)
      throws Exception {
    PrintWriter err = commandLine.getErr();
    if (e instanceof OomException oom) {
      return say(err, message(oom), isAboutThisMachine(oom) ? NOT_HERE : BAD_INPUT);
    }
    if (e instanceof IllegalArgumentException) {
      return say(err, message(e), BAD_INPUT);
    }
    throw e;
  }

  private static boolean isAboutThisMachine(OomException e) {
    return e instanceof DeniedException
        || e instanceof UnsupportedKernelException
        || e instanceof KernelIoException
        || (e instanceof LaunchException && e.getCause() instanceof OomException);
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage()).lines().reduce((a, b) -> a + " " + b).orElse("");
  }

  private static int say(PrintWriter err, String message, int status) {
    err.println("oom4j: " + message);
    err.flush();
    return status;
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"oom4j " + (version == null ? "(not packaged)" : version)};
    }
  }
}
