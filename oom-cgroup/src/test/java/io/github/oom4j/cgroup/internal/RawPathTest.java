package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.internal.RawPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawPathTest {

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a",
        "/a b/c",
        "/50%",
        "/a%41",
        "/q?x#y",
        "/\u00ff\u00fe",
        "/a/\u00c3\u00bc%/b",
        "a",
        "a/\u00e9",
        "\u00ff"
      })
  void everyByteComesBack(String bytes) {
    assertThat(RawPath.bytes(RawPath.of(bytes))).isEqualTo(bytes);
  }

  @Test
  void aDirectoryHasNoSlashAtItsEnd() throws IOException {
    Path odd = Files.createDirectory(RawPath.of(RawPath.bytes(dir) + "/\u00ff"));

    assertThat(RawPath.bytes(odd)).endsWith("/\u00ff");
    assertThat(RawPath.bytes(dir.relativize(odd))).isEqualTo("\u00ff");
    assertThat(odd).isEqualTo(dir.resolve(RawPath.of("\u00ff")));
  }

  @Test
  void textIsUtf8() {
    String utf8 = new String("ü".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

    assertThat(RawPath.text(utf8)).isEqualTo("ü");
    assertThat(RawPath.text("\u00ff")).isEqualTo("\uFFFD");
  }
}
