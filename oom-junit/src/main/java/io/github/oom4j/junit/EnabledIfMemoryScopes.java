package io.github.oom4j.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Skips the test or class where this user can make no box with a memory limit; the reason names
 * what is missing for each way. {@link MemoryLimit} and {@link RunInMemoryLimit} imply it.
 *
 * <p>With {@code OOM4J_REQUIRE=true} in the environment the test fails instead: for CI, where a
 * skipped test should be noticed.
 *
 * <p>The ways, best first, are those of {@link io.github.oom4j.cgroup.ScopeBackend#detect()}: a
 * scope of systemd (the system's manager for root, else the user's, which needs no root), direct
 * writes to a cgroup v2 that is delegated or root's, and cgroup v1.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(MemoryScopesCondition.class)
@SuppressWarnings("exports") // JUnit makes it, nobody else sees it
public @interface EnabledIfMemoryScopes {}
