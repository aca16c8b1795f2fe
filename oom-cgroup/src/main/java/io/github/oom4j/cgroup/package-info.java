/**
 * The box we run things in: a command in a cgroup with a memory limit of its own, and the verdict
 * on how it ended.
 *
 * <pre>{@code
 * try (ScopedProcess job = MemoryScope.builder()
 *     .memoryMax(ByteSize.mebibytes(200))
 *     .start("stress-ng", "--vm", "1", "--vm-bytes", "400M", "--timeout", "30s")) {
 *   System.out.println(job.waitFor().verdict().explain());
 * }
 * }</pre>
 *
 * <p>Needs Linux with a memory controller that this process may use: {@link
 * io.github.oom4j.cgroup.ScopeBackend#detect()} says what there is, and why not what is not. Errors
 * are {@link io.github.oom4j.OomException}s that say what would help. No thread is started, except
 * those that the JDK itself keeps for each child process, and one for all {@link
 * io.github.oom4j.cgroup.EventSubscription}s while there are any. While there are boxes, and for a
 * second after, one small shell, {@code oom4j-guard}, waits for the end of this JVM.
 */
@NullMarked
package io.github.oom4j.cgroup;

import org.jspecify.annotations.NullMarked;
