/**
 * Memory limits as a first-class thing to test: the kernel's own limit, verdict and peak, in JUnit.
 */
@NullMarked
package io.github.oom4j.junit;

import org.jspecify.annotations.NullMarked;
