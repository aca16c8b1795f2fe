package io.github.oom4j.cgroup.internal.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BusAddressTest {

  @Test
  void aListIsReadInOrder() {
    assertThat(BusAddress.parse("unix:path=/run/bus;;unix:guid=0,path=/a%20%c3%a4%3b"))
        .flatExtracting(address -> address.socket().stream().toList())
        .containsExactly(Path.of("/run/bus"), Path.of("/a ä;"));
    assertThat(BusAddress.parse("")).isEmpty();
    assertThat(BusAddress.of(Path.of("/x"))).isEqualTo(BusAddress.parse("unix:path=/x").get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix",
        "unix:",
        "unix:path",
        "unix:path=",
        "unix:path=relative",
        "unix:path=/a%",
        ":",
        "unix:path=/a%2",
        "unix:path=/a%zz",
        "unix:path=/a%00",
        "unix:tmpdir=/tmp",
        "unix:abstract=x",
        "unix:runtime=yes",
        "tcp:host=localhost,port=1",
        "unixexec:path=/bin/sh",
        "autolaunch:",
        "=,=;"
      })
  void whatIsOfNoUseHasAReason(String text) {
    assertThat(BusAddress.parse(text))
        .first()
        .satisfies(
            address -> {
              assertThat(address.socket()).isEmpty();
              assertThat(address.refusal()).isNotEmpty();
            });
  }
}
