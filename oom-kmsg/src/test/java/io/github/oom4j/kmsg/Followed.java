package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A watch of the running kernel's log that keeps what it is told. */
record Followed(KernelLogWatch watch, BlockingQueue<OomKillEvent> kills) implements AutoCloseable {

  static Followed from(KernelLogStart start) {
    BlockingQueue<OomKillEvent> kills = new LinkedBlockingQueue<>();
    return new Followed(KernelLog.system().watch(start, kills::add), kills);
  }

  /** Waits for the kill of a process; those before it are dropped. */
  OomKillEvent await(long pid) throws InterruptedException {
    while (true) {
      OomKillEvent kill = kills.poll(30, TimeUnit.SECONDS);
      if (kill == null) {
        throw new AssertionError("no event for the kill of " + pid);
      }
      if (kill.victim().pid() == pid) {
        return kill;
      }
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
