/**
 * What everything is called: memory, scores, OOM kills and verdicts.
 *
 * <pre>{@code
 * MemInfo mem = MemInfo.read();
 * System.out.println(mem.available() + " of " + mem.total() + " available");
 *
 * OomRanking.system().next().ifPresent(next ->
 *     System.out.println("next to die: " + next.comm() + ", pid " + next.pid()));
 * }</pre>
 *
 * <p>Values are immutable. A field that this kernel does not print is an empty {@code Optional},
 * never 0. Errors are {@link io.github.oom4j.OomException}s. Nothing here starts a thread or keeps
 * a file open.
 */
@NullMarked
package io.github.oom4j;

import org.jspecify.annotations.NullMarked;
