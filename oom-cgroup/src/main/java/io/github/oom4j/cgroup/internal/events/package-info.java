/**
 * Waiting for kernel files that tell of changes: one thread, poll(2) through JNA, and a plain-Java
 * stand-in where JNA can't load. Knows nothing of what is in the files.
 */
@NullMarked
package io.github.oom4j.cgroup.internal.events;

import org.jspecify.annotations.NullMarked;
