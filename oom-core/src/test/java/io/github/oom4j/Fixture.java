package io.github.oom4j;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files captured from real hosts, under src/test/resources. */
final class Fixture {

  private Fixture() {}

  static Path path(String name) {
    try {
      return Path.of(Objects.requireNonNull(Fixture.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static String text(String name) throws IOException {
    return Files.readString(path(name), StandardCharsets.ISO_8859_1);
  }
}
