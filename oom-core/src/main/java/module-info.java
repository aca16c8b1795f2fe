/**
 * The words of the Linux OOM story as Java types: memory and overcommit settings, OOM scores, OOM
 * kills and verdicts. Pure Java; parsing works on any operating system, reading needs Linux.
 */
@SuppressWarnings("module") // the modules named below are built after this one
module io.github.oom4j.core {
  requires static transitive org.jspecify;

  exports io.github.oom4j;
  exports io.github.oom4j.internal to
      io.github.oom4j.kmsg,
      io.github.oom4j.cgroup;

  uses io.github.oom4j.OomKillSource;
}
