package io.github.oom4j.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.OptionalLong;

/**
 * What systemd-oomd notes on a cgroup that it kills, in extended attributes: {@code user.oomd_ooms}
 * grows before the kill, {@code user.oomd_kill} after it (systemd, src/oom/oomd-util.c). The
 * kernel's counters do not move. Needs user attributes on cgroupfs, kernel 5.7.
 */
final class OomdMark {

  private static final List<String> NAMES = List.of("oomd_ooms", "oomd_kill");
  private static final int LONGEST_NUMBER = 20;

  private OomdMark() {}

  /** Both counts together, 0 if there is no mark; empty if that can't be read. */
  static OptionalLong read(Path cgroup) {
    UserDefinedFileAttributeView attributes =
        Files.getFileAttributeView(cgroup, UserDefinedFileAttributeView.class);
    if (attributes == null) {
      return OptionalLong.empty();
    }
    try {
      long sum = 0;
      for (String name : attributes.list()) {
        if (NAMES.contains(name)) {
          ByteBuffer value = ByteBuffer.allocate(LONGEST_NUMBER);
          attributes.read(name, value);
          sum += Long.parseLong(StandardCharsets.US_ASCII.decode(value.flip()).toString().strip());
        }
      }
      return OptionalLong.of(sum);
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
