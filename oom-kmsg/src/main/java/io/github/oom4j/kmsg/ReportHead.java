package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent.Trigger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The first part of a report: who asked for memory, where it ran, and how it came there. */
final class ReportHead {

  private static final String HARDWARE = "Hardware name: ";

  private final CallTrace trace = new CallTrace();
  private @Nullable HeaderLine header;
  private @Nullable CpuLine cpu;
  private @Nullable String hardware;
  private @Nullable CpusetLine cpuset;

  /** Takes the line if it belongs here. */
  boolean accept(String text, boolean fromText) {
    if (trace.accept(text)) {
      return true;
    }
    boolean taken = header(text, fromText) || cpu(text) || cpuset(text);
    if (taken) {
      trace.end();
    }
    return taken;
  }

  private boolean header(String text, boolean fromText) {
    Optional<HeaderLine> newHeader = HeaderLine.parse(text, fromText);
    if (newHeader.isPresent()) {
      header = newHeader.get();
    }
    return newHeader.isPresent();
  }

  private boolean cpu(String text) {
    Optional<CpuLine> newCpu = CpuLine.parse(text);
    if (newCpu.isPresent()) {
      // Another CPU may print its own stack in between.
      if (cpu == null && (header == null || isOfAsker(header.comm(), newCpu.get().comm()))) {
        cpu = newCpu.get();
      }
      return true;
    }
    if (text.startsWith(HARDWARE) && hardware == null && cpu != null) {
      hardware = text.substring(HARDWARE.length()).strip();
      return true;
    }
    return false;
  }

  /** journalctl prints a tab as eight blanks, which is undone only where the name decides. */
  private static boolean isOfAsker(String asker, String comm) {
    return asker.equals(comm) || asker.equals(comm.replace(" ".repeat(8), "\t"));
  }

  private boolean cpuset(String text) {
    if (header == null || cpuset != null || !text.contains(" cpuset=")) {
      return false;
    }
    cpuset = CpusetLine.parse(text, header.comm()).orElse(null);
    return cpuset != null;
  }

  /** Any other line of the report ends its call trace. */
  void end() {
    trace.end();
  }

  boolean hasHeader() {
    return header != null;
  }

  Optional<Trigger> trigger() {
    if (header == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Trigger(
            header.comm(),
            cpu == null ? OptionalLong.empty() : OptionalLong.of(cpu.pid()),
            cpu == null ? OptionalLong.empty() : cpu.uid(),
            header.gfpMask(),
            header.gfpFlags(),
            header.order(),
            header.oomScoreAdj(),
            cpu == null ? OptionalInt.empty() : cpu.cpu(),
            cpu == null ? Optional.empty() : cpu.kernel(),
            cpu == null ? Optional.empty() : cpu.taint(),
            Optional.ofNullable(hardware)));
  }

  List<String> callTrace() {
    return trace.frames();
  }

  /** What the lines up to 4.19 say; later the summary does. */
  Placement placement() {
    return new Placement(
        header == null ? Optional.empty() : header.nodemask(),
        Optional.ofNullable(cpuset).map(CpusetLine::cpuset),
        Optional.ofNullable(cpuset).map(CpusetLine::memsAllowed));
  }
}
