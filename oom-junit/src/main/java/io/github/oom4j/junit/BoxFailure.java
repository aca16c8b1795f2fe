package io.github.oom4j.junit;

import io.github.oom4j.cgroup.ScopeResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A test that runs in a box did not end as it should: the kernel killed it, or did not although
 * {@link RunInMemoryLimit#expect()} said so, or its JVM ended before the test did. The message
 * holds the evidence.
 *
 * <p>A test that fails by itself in its box fails here with its own exception, not with this one.
 */
public final class BoxFailure extends AssertionError {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable ScopeResult result;

  BoxFailure(String message, @Nullable ScopeResult result, @Nullable Throwable cause) {
    super(message, cause);
    this.result = result;
  }

  /**
   * How the JVM in the box ended.
   *
   * @return empty if it could not be started
   */
  public Optional<ScopeResult> result() {
    return Optional.ofNullable(result);
  }
}
