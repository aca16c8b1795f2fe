/** What oom4j costs, beside named peers, in one session. */
@NullMarked
package io.github.oom4j.bench;

import org.jspecify.annotations.NullMarked;
