/** Example code that runs: each command of the small tool calls the public API only. */
@NullMarked
package io.github.oom4j.examples;

import org.jspecify.annotations.NullMarked;
