package io.github.oom4j.cgroup.internal;

import io.github.oom4j.LaunchException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A {@link Gate} whose shell runs and waits to be told its box. Not thread-safe. */
public final class WaitingGate {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Guard guard;
  private final OutputStream go;
  private final ShellReport report;

  private WaitingGate(Process process, Guard guard, OutputStream go, ShellReport report) {
    this.process = process;
    this.guard = guard;
    this.go = go;
    this.report = report;
  }

  /** How the shell fared. */
  public enum Outcome {
    /** It is in the box, and has become the command or is about to. */
    JOINED,
    /** The kernel refused the oom_score_adj. */
    ADJ_REFUSED,
    /** The kernel refused to let it into the box. */
    JOIN_REFUSED,
    /** It ended before it said anything. */
    ENDED,
    /** It said nothing for too long. */
    SILENT
  }

  /**
   * What became of the shell. Unless it is JOINED, the process has ended.
   *
   * @param process the process, which is the command if the outcome is JOINED
   * @param outcome how it fared
   * @param said what the shell printed about it
   */
  public record Result(Process process, Outcome outcome, String said) {}

  /** Of a shell that makes the pipes. */
  static WaitingGate withOwnPipes(Process process, Guard guard) {
    Path pipes = Path.of("/proc/" + process.pid() + "/fd");
    OutputStream go = OutputStream.nullOutputStream();
    InputStream channel = InputStream.nullInputStream();
    try {
      // The last that it opens. The kernel does not block us, whichever end is open over there.
      Path last = pipes.resolve("6");
      Patience.until(() -> Files.exists(last) || !process.isAlive(), PATIENCE);
      channel = new FileInputStream(pipes.resolve("5").toFile());
      go = new FileOutputStream(pipes.resolve("4").toFile());
      go.write('\n');
      return new WaitingGate(process, guard, go, new ShellReport(process, channel));
    } catch (IOException | RuntimeException | Error e) {
      end(process);
      close(go);
      close(channel);
      throw failure(process, e);
    }
  }

  /** Of a shell that uses the pipes of a guard. */
  static WaitingGate beside(ScopeGuard ofScope, Process process) {
    try {
      Guard guard = new Guard(Optional.of(ofScope));
      ShellReport report = new ShellReport(process, ofScope.report());
      return new WaitingGate(process, guard, ofScope.go(), report);
    } catch (IOException | RuntimeException | Error e) {
      end(process);
      throw failure(process, e);
    }
  }

  private static RuntimeException failure(Process process, Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException known
        ? known
        : new LaunchException(silence(process, String.valueOf(e.getMessage())), e);
  }

  private static String silence(Process process, String said) {
    return "the shell that was to enter the box "
        + (process.isAlive() ? "is mute" : "ended before it did")
        + (said.isEmpty() ? "" : ": " + said)
        + "; it and this JVM need to see each other in /proc; the command was not started";
  }

  /**
   * The guard of the box to come.
   *
   * @return the guard, which is not closed by this gate
   */
  public Guard guard() {
    return guard;
  }

  /**
   * The shell that waits, and becomes the command.
   *
   * @return its PID
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Sends the shell into the box and waits until it is there. Does not heed interrupts. Call it
   * once.
   *
   * @param box the box's directory
   * @return what became of it
   */
  public Result open(Path box) {
    Outcome outcome = Outcome.SILENT;
    try {
      go.write(JvmGuard.line(box));
      outcome =
          report
              .await(line -> outcome(line).isPresent(), PATIENCE)
              .flatMap(WaitingGate::outcome)
              .orElseGet(() -> process.isAlive() ? Outcome.SILENT : Outcome.ENDED);
      return new Result(process, outcome, report.said());
    } catch (IOException e) {
      // It does not listen any more.
      outcome = Outcome.ENDED;
      return new Result(process, outcome, report.said());
    } finally {
      if (outcome == Outcome.JOINED) {
        closePipes();
      } else {
        abandon();
      }
    }
  }

  private static Optional<Outcome> outcome(String line) {
    return switch (line) {
      case "J" -> Optional.of(Outcome.JOINED);
      case "E adj" -> Optional.of(Outcome.ADJ_REFUSED);
      case "E join" -> Optional.of(Outcome.JOIN_REFUSED);
      default -> Optional.empty();
    };
  }

  /** Ends the shell that has not become the command. Idempotent. */
  public void abandon() {
    end(process);
    closePipes();
  }

  /** Lets go of all pipes but the guard's, as the end of this JVM does. Idempotent. */
  void closePipes() {
    close(go);
    close(report);
  }

  private static void end(Process process) {
    process.destroyForcibly();
    Patience.awaitExit(process, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void close(AutoCloseable pipe) {
    try {
      pipe.close();
    } catch (Exception e) {
      // Nothing was buffered, and the descriptor is gone all the same.
    }
  }
}
