package com.example.catalogue;

import java.util.List;

/** Runs a worker, and starts it anew when it dies, up to a number of times. */
public final class Supervisor {

  /** Starts a command: a {@link ProcessBuilder} in production, a box in a test. */
  public interface Starter {
    Process start(List<String> command);
  }

  private final Starter starter;
  private final int mostStarts;

  public Supervisor(Starter starter, int mostStarts) {
    this.starter = starter;
    this.mostStarts = mostStarts;
  }

  /** Returns how many starts it took until the worker ended with 0, or -1 if it never did. */
  public int run(List<String> worker) throws InterruptedException {
    for (int start = 1; start <= mostStarts; start++) {
      if (starter.start(worker).waitFor() == 0) {
        return start;
      }
    }
    return -1;
  }
}
