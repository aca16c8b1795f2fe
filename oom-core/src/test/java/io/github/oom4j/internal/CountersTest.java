package io.github.oom4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CountersTest {

  @Test
  void readsNumbersUpToTheLargestLong() {
    String text =
        "unlimited 9223372036854771712\nmost 9223372036854775807\nmore 9223372036854775808";

    Counters lines = Counters.parse(text.getBytes(StandardCharsets.US_ASCII), "memory.stat");

    assertThat(lines.get("unlimited")).hasValue(9223372036854771712L);
    assertThat(lines.get("most")).hasValue(Long.MAX_VALUE);
    assertThat(lines.get("more")).isEmpty();
    assertThat(lines.asMap()).containsOnlyKeys("unlimited", "most");
  }
}
