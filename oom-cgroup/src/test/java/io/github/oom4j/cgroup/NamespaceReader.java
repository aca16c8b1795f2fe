package io.github.oom4j.cgroup;

/** Prints what a JVM sees of its own cgroup, a fact a line. */
final class NamespaceReader {

  private NamespaceReader() {}

  public static void main(String[] args) {
    Cgroup self = Cgroup.self();
    System.out.println("path " + self.path());
    System.out.println("name " + self.name());
    System.out.println("max " + self.memory().max());
    self.ancestors().forEach(cgroup -> System.out.println("above " + cgroup.name()));
    EffectiveLimit limit = self.effectiveMax();
    System.out.println("limit " + limit.explain());
    System.out.println("holder " + limit.holder());
    System.out.println("init " + Cgroup.of(Long.parseLong(args[0])).path());
  }
}
