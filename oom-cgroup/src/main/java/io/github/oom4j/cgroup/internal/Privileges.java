package io.github.oom4j.cgroup.internal;

import io.github.oom4j.DeniedException;
import io.github.oom4j.OomException;
import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this process may do, from its {@code /proc/self/status} (capabilities(7)). */
public final class Privileges {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");

  /** Real, effective, saved set, file system. */
  private static final Pattern UIDS = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d{1,10})\\s");

  private static final int CAP_SYS_RESOURCE = 24;

  private Privileges() {}

  /**
   * Fails unless this process may lower an oom_score_adj.
   *
   * @throws DeniedException if it lacks CAP_SYS_RESOURCE; the message says how to grant it
   */
  public static void needSysResource() {
    if (!hasSysResource()) {
      throw new DeniedException(
          "CapEff in "
              + STATUS
              + " lacks CAP_SYS_RESOURCE; grant it with 'AmbientCapabilities=CAP_SYS_RESOURCE' in a"
              + " systemd unit, 'docker run --cap-add SYS_RESOURCE' or 'setpriv --inh-caps"
              + " +sys_resource --ambient-caps +sys_resource java ...' as root");
    }
  }

  /**
   * Whether this process has CAP_SYS_RESOURCE, be it in a user namespace only.
   *
   * @return true if it is effective
   */
  public static boolean hasSysResource() {
    return (effective(status()) >>> CAP_SYS_RESOURCE & 1) != 0;
  }

  /**
   * Whether this process is root.
   *
   * @return true if its effective uid is 0
   */
  public static boolean isRoot() {
    return effectiveUid() == 0;
  }

  /**
   * The effective uid of this process.
   *
   * @return the uid, or -1 if the file does not tell
   * @throws OomException if there is no /proc
   */
  public static long effectiveUid() {
    Matcher matcher = UIDS.matcher(status());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
  }

  private static String status() {
    try {
      return KernelFile.readText(STATUS);
    } catch (IOException e) {
      throw KernelFile.failure("read the capabilities of this process", STATUS, e, "");
    }
  }

  /**
   * The effective capabilities.
   *
   * @param status the text of the file
   * @return one bit for each; 0 if the file does not tell
   */
  static long effective(String status) {
    Matcher matcher = EFFECTIVE.matcher(status);
    return matcher.find() ? Long.parseUnsignedLong(matcher.group(1), 16) : 0;
  }
}
