package io.github.oom4j.cgroup;

import io.github.oom4j.KernelFormatException;
import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.Privileges;
import io.github.oom4j.cgroup.internal.events.EventFile;
import io.github.oom4j.cgroup.internal.events.FileEvents;
import io.github.oom4j.cgroup.internal.events.Watch;
import io.github.oom4j.internal.Counters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What is in the files that tell of changes, and to whom it is told. */
final class Subscriptions {

  private Subscriptions() {}

  static EventSubscription memoryEvents(
      Path cgroup, MemoryFiles files, String name, Consumer<? super MemoryEventsChange> listener) {
    Path path = cgroup.resolve(name);
    if (files instanceof MemoryFilesV1) {
      throw new UnsupportedKernelException(
          "could not watch "
              + path
              + ": that takes cgroup v2; on v1 memory.oom_control tells that memory ran out, before"
              + " the kernel kills and only below the limit that was hit, and nothing tells of the"
              + " kill; read events() again instead, or boot with"
              + " systemd.unified_cgroup_hierarchy=1");
    }
    needExists(cgroup, name);
    String takes =
        "the root cgroup has none, nor has a cgroup whose parent does not list memory in"
            + " cgroup.subtree_control"
            + (name.endsWith(".local") ? ", nor has a kernel before about 5.3" : "");
    EventFile file = FileEvents.here().open(path, takes);
    Function<byte[], MemoryEvents> parser =
        text -> MemoryFilesV2.parse(Counters.parse(text, path.toString()));
    Optional<MemoryEvents> first;
    boolean read = false;
    try {
      first = file.read().map(parser);
      read = true;
    } finally {
      if (!read) {
        file.close();
      }
    }
    return new EventSubscription(
        path,
        Watch.start(
            file,
            first.or(() -> Optional.of(MemoryEvents.UNKNOWN)),
            parser,
            (before, now) ->
                listener.accept(new MemoryEventsChange(before.orElse(MemoryEvents.UNKNOWN), now))));
  }

  static EventSubscription populated(Path cgroup, Consumer<? super Boolean> listener) {
    Path path = cgroup.resolve("cgroup.events");
    needExists(cgroup, "cgroup.events");
    EventFile file =
        FileEvents.here().open(path, "it takes cgroup v2, of which the root cgroup has none");
    Function<byte[], Boolean> parser =
        text ->
            Counters.parse(text, path.toString()).get("populated").stream()
                .mapToObj(populated -> populated != 0)
                .findFirst()
                .orElseThrow(
                    () -> new KernelFormatException(path + ": expected a line 'populated 0'"));
    return new EventSubscription(
        path,
        Watch.start(
            file, Optional.empty(), parser, (before, populated) -> listener.accept(populated)));
  }

  private static void needExists(Path cgroup, String name) {
    if (Files.notExists(cgroup)) {
      throw CgroupFile.gone(cgroup, name, null);
    }
  }

  static EventSubscription pressureOf(
      Path cgroup, PressureTrigger trigger, Consumer<? super MemoryPressure> listener) {
    needExists(cgroup, "memory.pressure");
    return pressure(cgroup.resolve("memory.pressure"), trigger, listener);
  }

  static EventSubscription pressure(
      Path path, PressureTrigger trigger, Consumer<? super MemoryPressure> listener) {
    Function<byte[], MemoryPressure> parser =
        text ->
            MemoryPressure.parse(new String(text, StandardCharsets.ISO_8859_1), path.toString());
    // Before it is armed, so that no time that it counts is missing.
    MemoryPressure armed =
        MemoryPressure.read(
            path,
            "it takes kernel 5.2, built with CONFIG_PSI and booted with psi=1, and for a cgroup"
                + " version 2 and 1 in its cgroup.pressure");
    EventFile file = FileEvents.here().openTrigger(path, trigger.toString());
    FirstFiring first =
        new FirstFiring(trigger, armed.total(trigger.kind()), Privileges.hasSysResource());
    return new EventSubscription(
        path,
        Watch.start(
            file,
            Optional.of(armed),
            parser,
            (before, now) -> {
              if (first.isTrue(now)) {
                listener.accept(now);
              }
            }));
  }

  /**
   * A trigger of a process without CAP_SYS_RESOURCE fires falsely at the first stall after it was
   * armed: psi_trigger_create takes the start of its window from the counter of the others. Growth
   * since then unmasks it; after one true firing nothing is false any more. Triggers of the
   * privileged sum up apart from what is printed (seen on 6.1: fired for 150 ms, printed 53), so
   * that nothing can be told from its growth, nor has to.
   */
  static final class FirstFiring {

    private final PressureTrigger trigger;
    private final Duration armed;
    private boolean passed;

    FirstFiring(PressureTrigger trigger, Duration armed, boolean privileged) {
      this.trigger = trigger;
      this.armed = armed;
      this.passed = privileged;
    }

    boolean isTrue(MemoryPressure now) {
      passed = passed || now.total(trigger.kind()).minus(armed).compareTo(trigger.stall()) >= 0;
      return passed;
    }
  }
}
