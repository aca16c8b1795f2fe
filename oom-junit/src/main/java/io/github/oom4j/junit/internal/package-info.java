/** The JVM in the box: its main class, and what it and the JVM outside tell each other. */
@NullMarked
package io.github.oom4j.junit.internal;

import org.jspecify.annotations.NullMarked;
