/** Plumbing shared by the oom4j modules; not exported to anyone else. */
@NullMarked
package io.github.oom4j.internal;

import org.jspecify.annotations.NullMarked;
