package io.github.oom4j.examples;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.oom4j.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One JSON object on one line. What is absent in the API is {@code null} here. */
final class Json {

  private static final JSON WRITER = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);

  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  Json put(String key, @Nullable Object value) {
    values.put(key, plain(value));
    return this;
  }

  Json put(String key, List<Json> list) {
    values.put(key, list.stream().map(json -> json.values).toList());
    return this;
  }

  /** A size in whole kB, as the kernel prints it. */
  Json putKb(String key, Optional<ByteSize> size) {
    return put(key, size.map(ByteSize::toKibibytes));
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    }
    if (value instanceof OptionalLong number) {
      return number.isPresent() ? number.getAsLong() : null;
    }
    if (value instanceof OptionalInt number) {
      return number.isPresent() ? number.getAsInt() : null;
    }
    if (value instanceof Json json) {
      return json.values;
    }
    return value instanceof Enum<?> constant ? constant.name() : value;
  }

  @Override
  public String toString() {
    try {
      return WRITER.asString(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
