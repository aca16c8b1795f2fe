package io.github.oom4j.guest;

import java.util.Arrays;
import java.util.Optional;

/** The guest that this test runs in, if it runs in one. */
public final class Guest {

  /** Comma-separated names of {@link Need} that the guest promises; set by the guest's runner. */
  static final String PROVIDES = "OOM4J_GUEST_PROVIDES";

  /** The name of the guest, such as {@code uml}; set by the guest's runner. */
  static final String NAME = "OOM4J_GUEST";

  private Guest() {}

  /**
   * Tells whether the guest promised to provide something. On the host nothing is promised.
   *
   * @param need what is asked for
   * @return true in a guest whose runner listed it
   */
  public static boolean provides(Need need) {
    return setting(PROVIDES)
        .map(list -> Arrays.asList(list.split(",", -1)).contains(need.name()))
        .orElse(false);
  }

  /**
   * The name of the guest, as given to {@code guest/test --kernel}.
   *
   * @return the name, or empty on the host
   */
  public static Optional<String> name() {
    return setting(NAME);
  }

  private static Optional<String> setting(String name) {
    String property = System.getProperty(name);
    return Optional.ofNullable(property != null ? property : System.getenv(name));
  }
}
