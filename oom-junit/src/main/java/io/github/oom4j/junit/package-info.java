/**
 * Memory limits as a first-class thing to test: the kernel's own limit, verdict and peak, in JUnit.
 *
 * <pre>{@code
 * import static io.github.oom4j.junit.OomAssertions.assertThat;
 *
 * import io.github.oom4j.ByteSize;
 * import io.github.oom4j.cgroup.MemoryScope;
 * import io.github.oom4j.junit.MemoryLimit;
 * import io.github.oom4j.junit.RunInMemoryLimit;
 * import org.junit.jupiter.api.Test;
 *
 * class ImporterTest {
 *
 *   @Test
 *   @RunInMemoryLimit("256M")
 *   void fitsInItsContainer() {
 *     new Importer().importAll();
 *   }
 *
 *   @Test
 *   void sortNeedsLittle(@MemoryLimit("64M") MemoryScope box) throws Exception {
 *     assertThat(box.start("sort", "big.txt", "-o", "sorted.txt").waitFor())
 *         .survived()
 *         .peakedBelow(ByteSize.mebibytes(50));
 *   }
 * }
 * }</pre>
 *
 * <p>Needs JUnit 6, and Linux; root only where there is no systemd user manager. Where no box can
 * be made, tests are skipped and say why, or fail with {@code OOM4J_REQUIRE=true}. Works in
 * parallel, under Surefire and Failsafe, and in IDEs. AssertJ is needed for {@link
 * io.github.oom4j.junit.OomAssertions} only.
 */
@NullMarked
package io.github.oom4j.junit;

import org.jspecify.annotations.NullMarked;
