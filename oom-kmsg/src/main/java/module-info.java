import io.github.oom4j.kmsg.internal.RingBufferKills;

/**
 * The kernel speaks: {@code /dev/kmsg} and saved kernel logs, parsed into OOM kill events. The
 * parser is pure Java and works on any operating system; reading {@code /dev/kmsg} needs Linux.
 */
module io.github.oom4j.kmsg {
  requires transitive io.github.oom4j.core;
  requires static transitive org.jspecify;
  requires com.sun.jna;
  requires com.sun.jna.platform;

  exports io.github.oom4j.kmsg;

  // JNA binds the native methods of LibC by reflection.
  opens io.github.oom4j.kmsg.internal to
      com.sun.jna;

  provides io.github.oom4j.OomKillSource with
      RingBufferKills;
}
