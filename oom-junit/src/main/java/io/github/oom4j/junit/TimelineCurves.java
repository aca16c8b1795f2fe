package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.ExitVerdict;
import io.github.oom4j.OomKillEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A {@link MemoryTimeline} as numbers to draw: at most as many points as there are pixels. */
final class TimelineCurves {

  private static final int MOST = 480;
  private static final double MIB = 1 << 20;

  /**
   * One moment in MiB and seconds. Stall is the share of the time since the point before, 0 to 1.
   */
  record Point(
      double seconds,
      double current,
      double anon,
      double file,
      double swap,
      OptionalDouble limit,
      double some,
      double full) {}

  final MemoryTimeline timeline;
  final List<Point> points;
  final double seconds;
  final boolean hasParts;
  final boolean hasSwap;
  final boolean hasPressure;

  TimelineCurves(MemoryTimeline timeline) {
    this.timeline = timeline;
    this.points = points(timeline.samples());
    this.seconds = Math.max(0.001, seconds(timeline.length()));
    this.hasParts = timeline.samples().stream().anyMatch(sample -> sample.anon().isPresent());
    this.hasSwap = most(Point::swap) > 0;
    this.hasPressure = timeline.samples().stream().anyMatch(sample -> sample.some().isPresent());
  }

  private static List<Point> points(List<TimelineSample> samples) {
    int stride = (samples.size() + MOST - 1) / MOST;
    List<Point> points = new ArrayList<>();
    TimelineSample before = null;
    for (int from = 0; from < samples.size(); from += stride) {
      List<TimelineSample> group = samples.subList(from, Math.min(samples.size(), from + stride));
      TimelineSample last = group.get(group.size() - 1);
      TimelineSample since = before == null ? group.get(0) : before;
      double elapsed = seconds(last.at()) - seconds(since.at());
      double current = most(group, sample -> Optional.of(sample.current()));
      // Read one after the other while they change: together they are never more than the whole.
      double anon = Math.min(current, most(group, TimelineSample::anon));
      double file = Math.min(current - anon, most(group, TimelineSample::file));
      points.add(
          new Point(
              seconds(group.get(0).at()),
              current,
              anon,
              file,
              most(group, TimelineSample::swap),
              last.max()
                  .size()
                  .map(TimelineCurves::mib)
                  .map(OptionalDouble::of)
                  .orElse(OptionalDouble.empty()),
              share(since.some(), last.some(), elapsed),
              share(since.full(), last.full(), elapsed)));
      before = last;
    }
    return List.copyOf(points);
  }

  private static double most(
      List<TimelineSample> group, Function<TimelineSample, Optional<ByteSize>> part) {
    return group.stream()
        .flatMap(sample -> part.apply(sample).stream())
        .mapToDouble(TimelineCurves::mib)
        .max()
        .orElse(0);
  }

  private static double share(Optional<Duration> before, Optional<Duration> now, double elapsed) {
    if (before.isEmpty() || now.isEmpty() || elapsed <= 0) {
      return 0;
    }
    return Math.min(1, Math.max(0, seconds(now.get()) - seconds(before.get())) / elapsed);
  }

  double most(ToDoubleFunction<Point> part) {
    return points.stream().mapToDouble(part).max().orElse(0);
  }

  /** The most memory, also between samples. */
  double peak() {
    return Math.max(most(Point::current), timeline.peak().map(TimelineCurves::mib).orElse(0.0));
  }

  OptionalDouble limit() {
    return points.stream()
        .flatMap(point -> point.limit().stream().boxed())
        .mapToDouble(Double::doubleValue)
        .max();
  }

  /** The kills that were seen; where only the verdict knows of one, the end. */
  List<Double> kills() {
    List<Double> seen = timeline.kills().stream().map(TimelineCurves::seconds).distinct().toList();
    boolean killed = timeline.result().filter(result -> isKill(result.verdict())).isPresent();
    return seen.isEmpty() && killed ? List.of(seconds(timeline.length())) : seen;
  }

  /** How many kills, and of whom as far as the kernel's log was readable. */
  String killLabel() {
    List<String> victims = victims();
    int count = Math.max(timeline.kills().size(), 1);
    String label = count == 1 ? "OOM kill" : count + " OOM kills";
    if (victims.isEmpty()) {
      return label;
    }
    return label + (count == 1 ? ": " : ", the last: ") + victims.get(victims.size() - 1);
  }

  /** Name and PID of each victim that the kernel's log told. */
  List<String> victims() {
    return timeline
        .result()
        .map(result -> result.verdict().evidence().kernelRecords())
        .orElse(List.of())
        .stream()
        .map(OomKillEvent::victim)
        .map(victim -> victim.comm() + " (pid " + victim.pid() + ")")
        .toList();
  }

  private static boolean isKill(ExitVerdict verdict) {
    return verdict instanceof ExitVerdict.OomKilled
        || verdict instanceof ExitVerdict.DescendantOomKilled;
  }

  static double mib(ByteSize size) {
    return size.bytes() / MIB;
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
