/**
 * Support for tests that need a real kernel: {@link io.github.oom4j.guest.Needs} says what a test
 * needs, {@link io.github.oom4j.guest.Need} finds out whether this machine has it, and {@link
 * io.github.oom4j.guest.Summary} tells what ran where.
 */
@NullMarked
package io.github.oom4j.guest;

import org.jspecify.annotations.NullMarked;
