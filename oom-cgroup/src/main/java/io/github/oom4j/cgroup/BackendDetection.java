package io.github.oom4j.cgroup;

import io.github.oom4j.UnsupportedKernelException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What {@link ScopeBackend#detect()} found. Immutable.
 *
 * @param chosen the best backend that works here, or empty if none does
 * @param parent the cgroup in which, or below which, it would make a box
 * @param reasons why the better ones, or all of them, can't be used, best first
 */
public record BackendDetection(
    Optional<ScopeBackend> chosen, Optional<Path> parent, Map<ScopeBackend, String> reasons) {

  /**
   * Copies what is mutable.
   *
   * @param chosen the component of that name
   * @param parent the component of that name
   * @param reasons the component of that name
   */
  public BackendDetection {
    reasons = Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
  }

  /**
   * The chosen backend.
   *
   * @return the backend
   * @throws UnsupportedKernelException if none works; the message holds all reasons
   */
  public ScopeBackend orElseThrow() {
    return chosen.orElseThrow(
        () -> new UnsupportedKernelException("no box can be made here: " + this));
  }

  /** Reasons and choice on one line. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner("; ");
    reasons.forEach((backend, reason) -> text.add(backend + ": " + reason));
    chosen.ifPresent(
        backend -> text.add("using " + backend + parent.map(dir -> " at " + dir).orElse("")));
    return text.toString();
  }
}
