package io.github.oom4j.cgroup;

/** A JVM that makes one box after the other, until it is killed. */
final class BoxMaker {

  private BoxMaker() {}

  /** Takes the command. */
  public static void main(String[] command) {
    while (true) {
      ScopedProcess job = Boxes.ofMebibytes(64).start(command);
      System.out.println(job.pid());
      job.close();
    }
  }
}
