package io.github.oom4j.kmsg;

/** Paths of cgroups as the kernel prints them: from the root of the hierarchy. */
final class CgroupPath {

  private CgroupPath() {}

  /** Whether the first is the second or lies below it. */
  static boolean isAtOrBelow(String path, String ancestor) {
    return path.equals(ancestor)
        || (path.startsWith("/") && ancestor.equals("/"))
        || (path.startsWith(ancestor) && path.charAt(ancestor.length()) == '/');
  }
}
