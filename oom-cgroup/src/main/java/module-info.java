/** Memory-limited boxes to run commands in, and typed reading of memory cgroups. Needs Linux. */
module io.github.oom4j.cgroup {
  requires transitive io.github.oom4j.core;
  requires static transitive org.jspecify;
  requires com.sun.jna;
  requires com.sun.jna.platform;

  exports io.github.oom4j.cgroup;

  // JNA binds the native methods of LibC by reflection.
  opens io.github.oom4j.cgroup.internal.events to
      com.sun.jna;
}
