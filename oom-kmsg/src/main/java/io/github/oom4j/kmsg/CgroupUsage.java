package io.github.oom4j.kmsg;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.MemoryReport.Usage;
import java.util.Optional;

/**
 * {@code memory: usage <n>kB, limit <n>kB, failcnt <n>} and its siblings. Source: {@code
 * mem_cgroup_print_oom_meminfo()} in mm/memcontrol.c.
 *
 * @param page the page size, where a limit that is none tells it
 */
record CgroupUsage(Kind kind, Usage usage, Optional<ByteSize> page) {

  /** Which counter. */
  enum Kind {
    MEMORY("memory: usage "),
    MEMORY_AND_SWAP("memory+swap: usage "),
    SWAP("swap: usage "),
    KMEM("kmem: usage ");

    private final String start;

    Kind(String start) {
      this.start = start;
    }
  }

  static Optional<CgroupUsage> parse(String text, boolean fromText) {
    String stripped = fromText ? text.strip() : text;
    if (!stripped.contains(": usage ")) {
      return Optional.empty();
    }
    for (Kind kind : Kind.values()) {
      Cursor line = new Cursor(stripped);
      if (line.skip(kind.start)) {
        return numbers(kind, line);
      }
    }
    return Optional.empty();
  }

  private static Optional<CgroupUsage> numbers(Kind kind, Cursor line) {
    long usage = line.kibibytes();
    long limit = line.kibibytes(", limit ");
    long failcnt = line.skip(", failcnt ") ? line.number() : -1;
    Optional<ByteSize> size = Cursor.size(usage);
    if (size.isEmpty() || limit < 0 || failcnt < 0 || !line.atEnd()) {
      return Optional.empty();
    }
    Usage read = new Usage(size.get(), Limit.ofKibibytes(limit), failcnt);
    return Optional.of(new CgroupUsage(kind, read, ReportedPage.ofLimit(limit)));
  }
}
