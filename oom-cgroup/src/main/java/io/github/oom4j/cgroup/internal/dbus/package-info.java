/**
 * The part of D-Bus that talking to systemd takes: messages, Unix sockets, calls with deadlines and
 * signals. No thread, no native code, no file descriptors in messages. Not exported.
 *
 * @see <a href="https://dbus.freedesktop.org/doc/dbus-specification.html">D-Bus Specification</a>
 */
@NullMarked
package io.github.oom4j.cgroup.internal.dbus;

import org.jspecify.annotations.NullMarked;
