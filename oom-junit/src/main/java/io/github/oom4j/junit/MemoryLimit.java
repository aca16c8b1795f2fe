package io.github.oom4j.junit;

import io.github.oom4j.cgroup.MemoryScope;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Injects a {@link MemoryScope} with that limit into a parameter or field; whatever the test starts
 * through it runs in a box with a memory limit.
 *
 * <pre>{@code
 * @Test
 * void theKernelKillsAGreedyCommand(@MemoryLimit("64M") MemoryScope box) throws Exception {
 *   ScopeResult result = box.start("tail", "/dev/zero").waitFor();
 *
 *   assertThat(result).wasOomKilled().byItsOwnLimit();
 * }
 * }</pre>
 *
 * <p>On a parameter or field it says all. On a test method or class it is the limit of every {@code
 * MemoryScope} parameter that has none of its own, also of the {@code @BeforeEach} and
 * {@code @AfterEach} methods around the test; a method's comes before its class's. It may be an
 * annotation of an annotation. A parameter may also be a {@link MemoryScope.Builder}, to which the
 * test adds what is not an attribute here.
 *
 * <p>Every box is closed when its test is over, however that ended: what runs in it is killed, the
 * cgroup is gone. What is injected into a static field, a constructor or field with {@code
 * PER_CLASS}, or a {@code @BeforeAll} method lives as long as the class. Each start makes a box of
 * its own, so tests may run in parallel. A start after the test is over fails.
 *
 * <p>A test that fails has, as suppressed exceptions, the names of pages with the timelines of its
 * boxes, the first sixteen, in {@code target/oom4j-timelines} (or {@code build}). With the
 * configuration parameter {@code oom4j.timelines}, a directory, every test gets them, there, and
 * report entries {@code oom4j.timeline}.
 *
 * <p>Where no box can be made the test is skipped, as with {@link EnabledIfMemoryScopes}. A limit
 * that can't be read fails the test.
 */
@Target({ElementType.PARAMETER, ElementType.FIELD, ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(MemoryLimitExtension.class)
@SuppressWarnings("exports") // JUnit makes it, nobody else sees it
public @interface MemoryLimit {

  /**
   * The most memory ({@code memory.max}).
   *
   * @return a size with a suffix as systemd has it, such as {@code 200M} or {@code 1.5G}, or a
   *     percentage of what binds where the box is made, such as {@code 50%}
   */
  String value();

  /**
   * The most swap ({@code memory.swap.max}).
   *
   * @return a size, or {@code max} for no limit; by default no swap at all
   */
  String swap() default "0";

  /**
   * Whether an OOM kill takes everything in the box ({@code memory.oom.group}).
   *
   * @return by default only the process that the kernel picks
   */
  boolean group() default false;

  /**
   * The most processes and threads ({@code pids.max}).
   *
   * @return 1 or more; by default no limit
   */
  int pids() default Integer.MAX_VALUE;
}
