package io.github.oom4j.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs the test in a JVM of its own, in a box with that memory limit, and reports its result,
 * output and failure as if it had run here.
 *
 * <pre>{@code
 * @Test
 * @RunInMemoryLimit("256M")
 * void theImporterFits() {
 *   importer.importAll();
 * }
 * }</pre>
 *
 * <p>On a class it holds for each of its tests, also nested ones: one JVM per test. For {@code
 * Test}, {@code ParameterizedTest}, {@code RepeatedTest} and {@code TestFactory} alike.
 *
 * <p><b>The JVM</b> is the one that runs here, with the same class path, module path, system
 * properties, environment and arguments (those of {@code JAVA_TOOL_OPTIONS} and its like among
 * them, and no more in the environment), except those that size the heap: it sizes its heap by the
 * box, as it would in a container of that size, unless {@link #jvmArgs()} says otherwise. Debuggers
 * and recordings stay here. JUnit's configuration parameters hold there too if they are system
 * properties or in {@code junit-platform.properties}; of those that a launcher was given (as by
 * {@code configurationParameters} of Surefire), JUnit Jupiter's own do.
 *
 * <p><b>What runs where.</b> {@code BeforeEach}, {@code AfterEach} and the test itself run in the
 * box only; so do {@code BeforeAll} and {@code AfterAll} if the annotation is on the class. What
 * JUnit needs to know the tests runs in both JVMs: constructors, argument providers, and test
 * factories with the methods around them; so do the callbacks of other extensions.
 *
 * <p><b>Failures.</b> If the kernel kills the JVM, the test fails with a {@link BoxFailure} that
 * says which limit was hit, the peak, the kernel's own record, the last lines of output, and how
 * the JVM's heap relates to the limit. An {@code OutOfMemoryError} is the JVM's own limit, and told
 * apart. A {@code Timeout}, which includes the start of the JVM, ends the whole box. Processes that
 * the test leaves behind are named in the output and killed. Of the output, 8 MiB are passed on.
 *
 * <p><b>Pictures.</b> A failure of the box names a page with the timeline of its memory, in {@code
 * target/oom4j-timelines} (or {@code build}). With the configuration parameter {@code
 * oom4j.timelines}, a directory, every test gets one, there.
 *
 * <p>Where no box can be made the test is skipped, as with {@link EnabledIfMemoryScopes}.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(RunInMemoryLimitExtension.class)
@SuppressWarnings("exports") // JUnit makes it, nobody else sees it
public @interface RunInMemoryLimit {

  /** How a test in a box is meant to end. */
  enum Expect {
    /** The test passes, and the kernel does not kill its JVM. */
    PASS,
    /** The kernel's OOM killer kills the JVM that runs the test; if it survives, the test fails. */
    OOM_KILLED
  }

  /**
   * The most memory ({@code memory.max}) for the JVM and all it starts.
   *
   * @return a size with a suffix as systemd has it, such as {@code 256M} or {@code 1.5G}, or a
   *     percentage of what binds where the box is made, such as {@code 50%}. A JVM with JUnit needs
   *     about 56 MiB to start
   */
  String value();

  /**
   * How the test is meant to end.
   *
   * @return by default it is to pass
   */
  Expect expect() default Expect.PASS;

  /**
   * Arguments for the JVM, after those it has from this one, such as {@code -Xmx200m}.
   *
   * @return one argument each; by default none
   */
  String[] jvmArgs() default {};

  /**
   * The most swap ({@code memory.swap.max}).
   *
   * @return a size, or {@code max} for no limit; by default no swap at all
   */
  String swap() default "0";

  /**
   * Whether an OOM kill takes everything in the box ({@code memory.oom.group}): the JVM with any
   * process it started.
   *
   * @return by default only the process that the kernel picks
   */
  boolean group() default false;

  /**
   * The most processes and threads ({@code pids.max}). A JVM alone has about twenty threads.
   *
   * @return 1 or more; by default no limit
   */
  int pids() default Integer.MAX_VALUE;
}
