package io.github.oom4j;

/** What a look at the machine's processes did not see. */
public enum BlindSpot {
  /** Some processes may not be read by this user; {@link OomRanking#unreadable()} names them. */
  UNREADABLE("some processes may not be read by this user: look as root"),
  /** /proc is mounted with {@code hidepid}, which keeps the processes of others from this user. */
  HIDEPID("/proc is mounted with hidepid: look as root, or as a member of its gid= group"),
  /** This process is in a PID namespace, such as a container's, and sees only what is in it. */
  PID_NAMESPACE("only this PID namespace is seen: look from the machine's own, not a container's");

  private final String words;

  BlindSpot(String words) {
    this.words = words;
  }

  /**
   * What is missing, and how to see it.
   *
   * @return half a sentence
   */
  public String words() {
    return words;
  }
}
