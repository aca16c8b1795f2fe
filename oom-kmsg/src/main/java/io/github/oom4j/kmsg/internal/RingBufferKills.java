package io.github.oom4j.kmsg.internal;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.kmsg.KernelLog;
import java.util.List;

/** The kernel's ring buffer as a source of kills, for modules that don't know this one. */
public final class RingBufferKills implements OomKillSource {

  /** For {@link java.util.ServiceLoader}. */
  public RingBufferKills() {}

  @Override
  public List<OomKillEvent> recentKills() {
    return KernelLog.system().kills().toList();
  }
}
