/** Paths, processes and directories behind the boxes; not exported. */
@NullMarked
package io.github.oom4j.cgroup.internal;

import org.jspecify.annotations.NullMarked;
