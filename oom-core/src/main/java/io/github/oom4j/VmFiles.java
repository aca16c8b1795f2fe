package io.github.oom4j;

import io.github.oom4j.internal.KernelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@link VmSettings} from a directory of one-number files, such as {@code /proc/sys/vm}. */
final class VmFiles {

  private final Path dir;

  VmFiles(Path dir) {
    this.dir = dir;
  }

  VmSettings read(MemInfo mem) {
    return new VmSettings(
        overcommitMode(),
        setting("overcommit_ratio"),
        sizeSetting("overcommit_kbytes"),
        mem.size("CommitLimit"),
        mem.size("Committed_AS"),
        setting("panic_on_oom"),
        flag("oom_kill_allocating_task"),
        flag("oom_dump_tasks"),
        setting("swappiness"),
        sizeSetting("min_free_kbytes"),
        sizeSetting("admin_reserve_kbytes"),
        sizeSetting("user_reserve_kbytes"));
  }

  private Optional<OvercommitMode> overcommitMode() {
    OptionalInt value = setting("overcommit_memory");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<OvercommitMode> mode = OvercommitMode.of(value.getAsInt());
    if (mode.isEmpty()) {
      throw new KernelFormatException(
          dir.resolve("overcommit_memory")
              + ", line 1: expected 0, 1 or 2, found "
              + value.getAsInt());
    }
    return mode;
  }

  Optional<Boolean> flag(String name) {
    OptionalInt value = setting(name);
    return value.isPresent() ? Optional.of(value.getAsInt() != 0) : Optional.empty();
  }

  OptionalInt setting(String name) {
    Optional<Long> value = number(name);
    if (value.isPresent() && value.get().intValue() != value.get()) {
      throw new KernelFormatException(dir.resolve(name) + ", line 1: out of range: " + value.get());
    }
    return value.map(v -> OptionalInt.of(v.intValue())).orElse(OptionalInt.empty());
  }

  private Optional<ByteSize> sizeSetting(String name) {
    return number(name)
        .map(
            value -> {
              if (value < 0 || value > Long.MAX_VALUE >> 10) {
                throw new KernelFormatException(
                    dir.resolve(name) + ", line 1: out of range: " + value);
              }
              return ByteSize.kibibytes(value);
            });
  }

  /** A setting that this kernel, or this captured tree, does not have is empty. */
  private Optional<Long> number(String name) {
    Path file = dir.resolve(name);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    String text;
    try {
      text = new String(KernelFile.read(file), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw KernelFile.failure("read vm." + name, file, e, "");
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      String shown = text.substring(0, Math.min(40, text.length())).replaceAll("\\P{Print}", "?");
      throw new KernelFormatException(
          file + ", line 1: expected a number, found '" + shown + "'", e);
    }
  }
}
