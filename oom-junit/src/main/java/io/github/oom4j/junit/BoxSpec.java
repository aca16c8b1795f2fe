package io.github.oom4j.junit;

import io.github.oom4j.ByteSize;
import io.github.oom4j.Limit;
import io.github.oom4j.cgroup.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The box that an annotation asks for.
 *
 * @param annotation the annotation as it would be written, with its value only
 * @param place what it is on, for messages
 * @param memoryMax a size or a percentage
 * @param swapMax a size or {@code max}
 * @param oomGroup whether a kill takes all
 * @param pidsMax the most processes and threads
 */
record BoxSpec(
    String annotation,
    String place,
    String memoryMax,
    String swapMax,
    boolean oomGroup,
    int pidsMax) {

  static BoxSpec of(MemoryLimit limit, String place) {
    return new BoxSpec(
        named(MemoryLimit.class, limit.value()),
        place,
        limit.value(),
        limit.swap(),
        limit.group(),
        limit.pids());
  }

  static BoxSpec of(RunInMemoryLimit limit, String place) {
    return new BoxSpec(
        named(RunInMemoryLimit.class, limit.value()),
        place,
        limit.value(),
        limit.swap(),
        limit.group(),
        limit.pids());
  }

  private static String named(Class<?> annotation, String value) {
    return "@" + annotation.getSimpleName() + "(\"" + value + "\")";
  }

  /**
   * The box, made by the backend that this run uses.
   *
   * @throws ExtensionConfigurationException if the annotation can't be understood; the message
   *     names it
   */
  MemoryScope.Builder builder(ExtensionContext context) {
    try {
      MemoryScope.Builder box = MemoryScope.builder().oomGroup(oomGroup);
      MemoryScopesCondition.backend(context).ifPresent(box::backend);
      if (memoryMax.endsWith("%")) {
        box.memoryMaxPercent(percent());
      } else {
        box.memoryMax(ByteSize.parse(memoryMax));
      }
      if (pidsMax != Integer.MAX_VALUE) {
        box.pidsMax(pidsMax);
      }
      return box.swapMax(swap());
    } catch (IllegalArgumentException e) {
      throw new ExtensionConfigurationException(this + ": " + e.getMessage(), e);
    }
  }

  private int percent() {
    String digits = memoryMax.substring(0, memoryMax.length() - 1);
    if (!digits.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "not a percentage: '" + memoryMax + "'; expected 1% to 100%");
    }
    return Integer.parseInt(digits);
  }

  private Limit swap() {
    try {
      return Limit.parse(swapMax);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("swap: " + e.getMessage(), e);
    }
  }

  /** The limits in one line, as the kernel's files are named. */
  String words() {
    List<String> words = new ArrayList<>(List.of("memory.max " + memoryMax));
    words.add("swap " + swapMax);
    if (oomGroup) {
      words.add("oom.group");
    }
    if (pidsMax != Integer.MAX_VALUE) {
      words.add("pids.max " + pidsMax);
    }
    return String.join(", ", words);
  }

  /** The annotation and where it is. */
  @Override
  public String toString() {
    return annotation + " on " + place;
  }
}
