/** Memory-limited boxes to run commands in, and typed reading of memory cgroups. Needs Linux. */
module io.github.oom4j.cgroup {
  requires transitive io.github.oom4j.core;
  requires static transitive org.jspecify;

  exports io.github.oom4j.cgroup;
}
