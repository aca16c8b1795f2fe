/** A client of systemd's manager, as far as scopes need it: org.freedesktop.systemd1(5). */
@NullMarked
package io.github.oom4j.cgroup.internal.systemd;

import org.jspecify.annotations.NullMarked;
