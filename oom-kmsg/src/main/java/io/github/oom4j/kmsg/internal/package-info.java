/** The device, libc, and the source of kills for other modules. Not exported. */
@NullMarked
package io.github.oom4j.kmsg.internal;

import org.jspecify.annotations.NullMarked;
