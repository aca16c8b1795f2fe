package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.cgroup.internal.dbus.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a transient scope, in D-Bus terms (org.freedesktop.systemd1(5), systemd's
 * TRANSIENT-SETTINGS.md). Immutable.
 */
public final class ScopeProperties {

  private record Property(String name, Variant value, boolean mandatory) {}

  private final List<Property> properties;

  private ScopeProperties(List<Property> properties) {
    this.properties = properties;
  }

  /**
   * No properties.
   *
   * @return an empty set
   */
  public static ScopeProperties none() {
    return new ScopeProperties(List.of());
  }

  /**
   * Adds a property without which there shall be no scope.
   *
   * @param name its name, such as {@code MemoryMax}
   * @param signature its type, such as {@code t}
   * @param value its value, see {@link io.github.oom4j.cgroup.internal.dbus.Message#arguments()}
   * @return these properties and that one
   */
  public ScopeProperties require(String name, String signature, Object value) {
    return with(new Property(name, new Variant(signature, value), true));
  }

  /**
   * Adds a property that is left out where this systemd does not know it.
   *
   * @param name its name, such as {@code OOMPolicy}
   * @param signature its type, such as {@code s}
   * @param value its value
   * @return these properties and that one
   */
  public ScopeProperties prefer(String name, String signature, Object value) {
    return with(new Property(name, new Variant(signature, value), false));
  }

  private ScopeProperties with(Property property) {
    List<Property> all = new ArrayList<>(properties);
    all.add(property);
    return new ScopeProperties(List.copyOf(all));
  }

  /**
   * These properties without a preferred one that systemd named when it refused them.
   *
   * @return what is left, or empty if the text names no preferred one
   */
  Optional<ScopeProperties> withoutOneNamedIn(String text) {
    return properties.stream()
        .filter(property -> !property.mandatory)
        .filter(property -> Pattern.compile("\\b" + property.name + "\\b").matcher(text).find())
        .findFirst()
        .map(unknown -> properties.stream().filter(property -> !property.equals(unknown)).toList())
        .map(ScopeProperties::new);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScopeProperties that && properties.equals(that.properties);
  }

  @Override
  public int hashCode() {
    return properties.hashCode();
  }

  /** As {@code a(sv)}. */
  List<List<Object>> argument() {
    return properties.stream().map(p -> List.<Object>of(p.name, p.value)).toList();
  }
}
