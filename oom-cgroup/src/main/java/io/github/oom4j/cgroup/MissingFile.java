package io.github.oom4j.cgroup;

import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a cgroup does not have a file that others have. */
final class MissingFile {

  private static final String CONTROLLERS = "cgroup.controllers";

  private MissingFile() {}

  /** The refusal for a file of v2 that is not there. */
  static UnsupportedKernelException of(Path cgroup, String name, @Nullable Throwable cause) {
    return new UnsupportedKernelException(
        "could not read " + cgroup.resolve(name) + ": no such file; " + reason(cgroup, name),
        cause);
  }

  /** The refusal for a file of v2 of which v1 has no equivalent. */
  static UnsupportedKernelException inV1(Path cgroup, String name, String instead) {
    return new UnsupportedKernelException(
        "could not read "
            + name
            + ": "
            + cgroup
            + " is a cgroup v1, which has no equivalent"
            + (instead.isEmpty() ? "" : "; " + instead));
  }

  private static String reason(Path cgroup, String name) {
    String controller = name.substring(0, Math.max(0, name.indexOf('.')));
    if (Files.notExists(cgroup.resolve(CONTROLLERS))) {
      return "it is no directory of a cgroup v2";
    }
    if (controller.equals("cgroup")) {
      return older(name);
    }
    if (CgroupState.isRoot(cgroup)) {
      return CgroupV2Backend.lists(cgroup, CONTROLLERS, controller)
          ? "the root cgroup has none"
              + (controller.equals("memory") ? " (MemInfo tells the machine's memory)" : "")
          : controller
              + " is not among the controllers of cgroup v2 here: it is off, or in a cgroup v1"
              + " hierarchy";
    }
    if (CgroupV2Backend.lists(cgroup, CONTROLLERS, controller)) {
      return older(name);
    }
    Optional<Path> counted =
        Ancestry.above(cgroup, CONTROLLERS).stream()
            .filter(above -> Files.exists(above.resolve(name)))
            .findFirst();
    String why =
        isThreaded(cgroup)
            ? "a threaded cgroup has no memory of its own"
            : "the cgroup above it does not list " + controller + " in cgroup.subtree_control";
    return why + counted.map(above -> "; what it uses is counted in " + above).orElse("");
  }

  private static boolean isThreaded(Path cgroup) {
    return CgroupFile.text(cgroup, "cgroup.type").equals(CgroupType.THREADED.toString());
  }

  /** The controller is there, so the kernel lacks the file; versions are those of cgroup-v2.rst. */
  private static String older(String name) {
    String takes =
        switch (name) {
          case "memory.peak" -> "kernel 5.19";
          case "memory.min" -> "kernel 4.18";
          case "memory.events.local" -> "kernel 5.2";
          case "memory.numa_stat" -> "kernel 5.10, built with CONFIG_NUMA";
          case "cgroup.freeze", "cgroup.events" -> "kernel 5.2";
          case "cgroup.type" -> "kernel 4.14";
          default ->
              name.startsWith("memory.swap.")
                  ? "a kernel with swap, not booted with swapaccount=0"
                  : name.startsWith("memory.zswap.")
                      ? "kernel 5.19, built with zswap"
                      : "a newer kernel";
        };
    return "it takes " + takes;
  }
}
