package io.github.oom4j.cgroup.internal.dbus;

/**
 * A value that brings its type along, D-Bus type {@code v}.
 *
 * @param signature one complete type, such as {@code t} or {@code au}
 * @param value the value, in the Java type that {@link Message#arguments()} lists
 */
public record Variant(String signature, Object value) {}
