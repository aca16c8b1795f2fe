package io.github.oom4j.cgroup;

/** What {@code cgroup.type} of cgroup v2 says, since 4.14 (cgroup-v2.rst, Threads). */
public enum CgroupType {
  /** The normal one, which has processes and their memory. */
  DOMAIN("domain"),
  /**
   * It has single threads of processes, and no memory controller. Their memory belongs to the
   * nearest cgroup above it that is {@link #DOMAIN_THREADED}.
   */
  THREADED("threaded"),
  /** It has the memory of the threaded cgroups below it. */
  DOMAIN_THREADED("domain threaded"),
  /**
   * It can have no processes until it is made threaded: it stands beside or below threaded ones.
   */
  DOMAIN_INVALID("domain invalid");

  private final String text;

  CgroupType(String text) {
    this.text = text;
  }

  /** As the kernel prints it, such as {@code domain threaded}. */
  @Override
  public String toString() {
    return text;
  }
}
