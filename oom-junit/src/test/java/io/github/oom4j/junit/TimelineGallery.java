package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.cgroup.ScopedProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Records the runs that a timeline has to show well, to be looked at: {@code TimelineGallery
 * DIRECTORY}. Takes two minutes.
 */
final class TimelineGallery {

  private final Path directory;

  private TimelineGallery(Path directory) {
    this.directory = directory;
  }

  /**
   * Records all.
   *
   * @param args the directory for the pages
   */
  public static void main(String... args) throws Exception {
    TimelineGallery gallery = new TimelineGallery(Files.createDirectories(Path.of(args[0])));
    gallery.show("kill", "Killed at its limit", 120, 0, GROW + "+40 400 +40 400 +100 400");
    gallery.show(
        "survivor", "Survived below its limit", 200, 0, GROW + "+60 300 +60 300 -60 300 +30 300");
    gallery.show(
        "far-limit", "A limit far above", 2000, 0, GROW + "+60 300 +60 300 -60 300 +30 300");
    gallery.show("page-cache", "Reads more than it may keep", 60, 0, READ);
    gallery.show("swap", "Grows into its swap", 80, 120, GROW + "+50 300 +40 500 +40 500 -60 300");
    gallery.show("short", "Over at once", 50, 0, "true");
    gallery.show("worker", "Loses workers & <goes on>", 60, 0, LOSE);
    gallery.show(
        "minute",
        "A minute of waves",
        256,
        0,
        GROW + "+60 5000 -40 5000 +80 5000 -40 5000 ".repeat(3));
  }

  /**
   * Uses memory by a plan: {@code +40 400} takes 40 MiB within 400 ms, {@code -20 100} gives back
   * what was taken last, 20 MiB at least, and rests for 100 ms.
   */
  private static final String GROW =
      """
      exec perl -e 'my @m; while (@ARGV) { my ($n, $t) = splice @ARGV, 0, 2;
        if ($n < 0) { while (@m && $n < 0) { $n += length(${pop @m}) >> 20 }
          select undef, undef, undef, $t / 1000; next }
        my $s = ""; push @m, \\$s;
        for my $i (1 .. 40) { vec($s, int(($n << 20) * $i / 40) - 1, 8) = 1;
          select undef, undef, undef, $t / 40000 } }' -- \
      """;

  private static final String READ =
      "f=$(mktemp -p \"${OOM4J_SCRATCH:-.}\"); trap 'rm $f' EXIT;"
          + " dd if=/dev/zero of=$f bs=1M count=150 conv=fsync; cat $f; cat $f; sleep 0.3";

  private static final String LOSE =
      "hog() { dd if=/dev/zero of=/dev/null count=1 bs=200M; sleep 0.4; }; hog; hog; hog";

  private void show(String name, String title, int max, int swap, String script) throws Exception {
    ProcessBuilder command = new ProcessBuilder("sh", "-c", script);
    command.redirectErrorStream(true).redirectOutput(new File("/dev/null"));
    MemoryScope scope =
        MemoryScope.builder()
            .memoryMax(ByteSize.mebibytes(max))
            .swapMax(Limit.of(ByteSize.mebibytes(swap)))
            .build();
    try (ScopedProcess job = scope.start(command);
        TimelineRecorder recorder = MemoryTimeline.record(job)) {
      job.waitFor();
      Path page = directory.resolve(name + ".html");
      MemoryTimeline timeline = recorder.stop().titled(title);
      System.out.println(timeline.writeHtml(page) + " " + timeline.samples().size());
    } catch (OomException e) {
      System.out.println(name + ": " + e.getMessage());
    }
  }
}
