package io.github.oom4j.cgroup.internal.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.LaunchException;
import io.github.oom4j.cgroup.internal.Idle;
import io.github.oom4j.cgroup.internal.Patience;
import io.github.oom4j.cgroup.internal.dbus.FakeServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection that outlives its use for a second. */
class KeptConnectionTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final Idle<ManagerLink> idle = new Idle<>(ManagerLink::close);
  private FakeManager manager;

  @BeforeEach
  void start(@TempDir Path run) throws Exception {
    manager = new FakeManager(run);
  }

  @AfterEach
  void close() throws Exception {
    manager.close();
  }

  private Optional<ManagerLink> take() {
    return idle.take(any -> true);
  }

  private void startScope(Systemd systemd) {
    systemd.startScope(FakeManager.UNIT, List.of(42L), ScopeProperties.none(), true, LONG);
  }

  @Test
  void whatWentWellIsKeptForTheNext() {
    Systemd first = manager.connect(idle);
    startScope(first);
    first.close();

    Optional<ManagerLink> kept = take();

    assertThat(kept).hasValueSatisfying(link -> assertThat(link.isSound()).isTrue());
    assertThat(take()).isEmpty();
    kept.orElseThrow().close();
  }

  @Test
  void itIsClosedAfterASecondWithoutUse() {
    manager.connect(idle).close();
    ManagerLink link = take().orElseThrow();
    idle.keep(link);

    assertThat(Patience.until(() -> !link.isSound(), LONG)).isTrue();
    assertThat(take()).isEmpty();
  }

  @Test
  void whatWentWrongIsNotKept() {
    manager.on.put("StartTransientUnit", (peer, call) -> peer.raw((byte) 'x'));
    Systemd systemd = manager.connect(idle);
    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(
            () ->
                systemd.startScope(
                    FakeManager.UNIT,
                    List.of(42L),
                    ScopeProperties.none(),
                    true,
                    Duration.ofMillis(300)));
    systemd.close();

    assertThat(take()).isEmpty();
  }

  @Test
  void aRefusalDoesNotSpoilIt() {
    manager.on.put(
        "StartTransientUnit",
        (peer, call) -> peer.error(call, FakeServer.error("AccessDenied"), "no"));
    Systemd systemd = manager.connect(idle);
    assertThatExceptionOfType(io.github.oom4j.OomException.class)
        .isThrownBy(() -> startScope(systemd));
    systemd.close();

    assertThat(take()).isPresent();
  }
}
