package io.github.oom4j.cgroup.internal.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.oom4j.UnsupportedKernelException;
import io.github.oom4j.cgroup.internal.Idle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a manager is looked for, and why it is not found. */
class ConnectingTest {

  @TempDir Path run;

  @Test
  void withoutSystemdNobodyIsAsked() {
    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> Systemd.system(around(0, Map.of()), new Idle<>(ManagerLink::close)))
        .withMessage(
            "systemd is not the init here: "
                + run.resolve("systemd/system")
                + " is not a directory");
  }

  @Test
  void eachWayThatLeadsNowhereIsTold() throws Exception {
    Files.createDirectories(run.resolve("systemd/system"));
    Map<String, String> environment =
        Map.of("DBUS_SYSTEM_BUS_ADDRESS", "tcp:host=x;unix:abstract=/a;unix:path=%2fno%2fsuch");

    assertThatExceptionOfType(UnsupportedKernelException.class)
        .isThrownBy(() -> Systemd.system(around(0, environment), new Idle<>(ManagerLink::close)))
        .withMessageStartingWith("could not reach the system's systemd: ")
        .withMessageContaining(
            "tcp:host=x (DBUS_SYSTEM_BUS_ADDRESS): transport 'tcp' is not supported, only unix")
        .withMessageContaining("unix:abstract=/a (DBUS_SYSTEM_BUS_ADDRESS): Java can't connect")
        .withMessageContaining("/no/such (DBUS_SYSTEM_BUS_ADDRESS): ")
        .withMessageContaining(run.resolve("dbus/system_bus_socket") + ": ")
        .withMessageContaining(run.resolve("systemd/private") + ": ")
        .withMessageEndingWith("; start dbus, or mount its socket here");
  }

  @Test
  void aBusWithoutAManagerIsPassedOver() throws Exception {
    try (FakeManager manager = new FakeManager(run)) {
      manager.on.put("NameHasOwner", (peer, call) -> peer.reply(call, "b", false));

      assertThatExceptionOfType(UnsupportedKernelException.class)
          .isThrownBy(manager::connect)
          .withMessageContaining("a bus without org.freedesktop.systemd1");
    }
  }

  @Test
  void aBusThatNumbersProcessesOtherwiseIsPassedOver() throws Exception {
    try (FakeManager manager = new FakeManager(run)) {
      manager.on.put("GetConnectionUnixProcessID", (peer, call) -> peer.reply(call, "u", 0));

      assertThatExceptionOfType(UnsupportedKernelException.class)
          .isThrownBy(manager::connect)
          .withMessageContaining("in another PID namespace");
    }
  }

  @Test
  void aUsersManagerIsLookedForWhereTheSessionSays() {
    assertThat(Endpoint.user(around(7, Map.of())))
        .extracting(Endpoint::toString, Endpoint::bus)
        .containsExactly(
            tuple(run + "/user/7/systemd/private", false), tuple(run + "/user/7/bus", true));
    assertThat(
            Endpoint.user(
                around(
                    7,
                    Map.of(
                        "DBUS_SESSION_BUS_ADDRESS", "unix:path=/a,guid=1;unix:path=/b",
                        "XDG_RUNTIME_DIR", "/xdg"))))
        .extracting(Endpoint::toString)
        .containsExactly(
            "/xdg/systemd/private",
            run + "/user/7/systemd/private",
            "/a (DBUS_SESSION_BUS_ADDRESS)",
            "/b (DBUS_SESSION_BUS_ADDRESS)",
            "/xdg/bus",
            run + "/user/7/bus");
    assertThat(Endpoint.user(around(7, Map.of("XDG_RUNTIME_DIR", "relative")))).hasSize(2);
  }

  @Test
  void onlyRootKnowsTheSystemsOwnSocket() {
    assertThat(Endpoint.system(around(7, Map.of()))).hasSize(1);
    assertThat(Endpoint.system(around(0, Map.of()))).hasSize(2);
  }

  private Surroundings around(long uid, Map<String, String> environment) {
    return new Surroundings(name -> Optional.ofNullable(environment.get(name)), run, uid);
  }
}
