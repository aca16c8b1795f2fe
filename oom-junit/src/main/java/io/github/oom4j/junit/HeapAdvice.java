package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.junit.internal.ForkReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a JVM's heap relates to the limit of its box. The rest of a JVM (metaspace, code cache,
 * thread stacks, the collector's own data) has to fit beside the heap.
 */
final class HeapAdvice {

  private final String source;
  private final Limit limit;

  HeapAdvice(String[] jvmArgs, Limit limit) {
    this.source = source(List.of(jvmArgs));
    this.limit = limit;
  }

  private static String source(List<String> jvmArgs) {
    return jvmArgs.stream()
        .flatMap(argument -> Arrays.stream(argument.split(" ", -1)))
        .filter(arg -> arg.startsWith("-Xmx") || arg.contains("RAM") || arg.contains("HeapSize"))
        .reduce((first, last) -> last)
        .orElse("the JVM's own choice");
  }

  /** The kernel killed it. */
  Optional<String> afterKill(ForkReport.Start start) {
    return limit.size().map(box -> afterKill(box, heap(start), beside(start)));
  }

  private String afterKill(ByteSize box, ByteSize heap, ByteSize beside) {
    String facts =
        "%s (%s) in a box of %s leaves %s for metaspace, code cache, threads and all else, which took"
                .formatted(heap, source, box, box.minusOrZero(heap))
            + " %s before the test began. ".formatted(beside);
    if (heap.plus(beside).compareTo(box) <= 0) {
      return facts
          + "So the heap alone does not fill the box: look also at direct buffers, threads, native"
          + " memory and child processes.";
    }
    // What is beside the heap grows with the classes and threads of the test.
    ByteSize room = beside.plus(beside);
    String smaller =
        box.compareTo(room) > 0
            ? ", or the heap at most -Xmx%dm".formatted(box.minusOrZero(room).bytes() >> 20)
            : "";
    return facts
        + "Both can't fit: give the box at least %s%s.".formatted(heap.plus(room), smaller);
  }

  /** Its own heap was full. */
  Optional<String> afterOutOfMemoryError(ForkReport.Start start) {
    return limit
        .size()
        .map(
            box ->
                "%s (%s) in a box of %s. If the test needs more, give it a larger box, or a larger"
                        .formatted(heap(start), source, box)
                    + " part of this one: jvmArgs = \"-Xmx...\"; beside the heap the JVM took %s"
                        .formatted(beside(start))
                    + " before the test began.");
  }

  private static ByteSize heap(ForkReport.Start start) {
    return ByteSize.bytes(start.maxHeap());
  }

  private static ByteSize beside(ForkReport.Start start) {
    return ByteSize.bytes(start.outsideHeap());
  }
}
