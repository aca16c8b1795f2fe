package io.github.oom4j.cgroup.internal.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.DeniedException;
import io.github.oom4j.LaunchException;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.PidNamespace;
import io.github.oom4j.cgroup.internal.dbus.FakeServer;
import io.github.oom4j.cgroup.internal.dbus.Variant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that a manager may answer, and not answer, to the start of a scope: behind a bus, and
 * at the socket where root reaches it without one.
 */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class ScopeStartTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String START = "StartTransientUnit";
  private static final String STOP = "StopUnit";
  private static final String RESET = "ResetFailedUnit";

  private static final ScopeProperties PROPERTIES =
      ScopeProperties.none()
          .require("MemoryMax", "t", 64L << 20)
          .prefer("OOMPolicy", "s", "continue")
          .prefer("CollectMode", "s", "inactive-or-failed");

  private final boolean bus;
  private FakeManager manager;
  private Systemd systemd;

  ScopeStartTest(boolean bus) {
    this.bus = bus;
  }

  @BeforeEach
  void connect(@TempDir Path run) throws Exception {
    // Without a bus nobody else tells whether systemd numbers processes as we do.
    assumeTrue(bus || PidNamespace.isOfSystemd(), "in a PID namespace that is not systemd's");
    manager = new FakeManager(run, bus);
    systemd = manager.connect();
  }

  @AfterEach
  void close() throws Exception {
    if (manager == null) {
      return;
    }
    systemd.close();
    manager.close();
  }

  @Test
  void aScopeIsStartedWithAllThatWasAskedFor() {
    starts(START);

    assertThat(manager.asked)
        .containsExactly(
            List.of(
                List.of("MemoryMax", new Variant("t", 64L << 20)),
                List.of("OOMPolicy", new Variant("s", "continue")),
                List.of("CollectMode", new Variant("s", "inactive-or-failed")),
                List.of("PIDs", new Variant("au", List.of(42L)))));
  }

  @Test
  void aUniqueNameIsNotLookedUp() {
    systemd.startScope(FakeManager.UNIT, List.of(42L), PROPERTIES, true, LONG);

    assertThat(manager.changes()).containsExactly(START);
    assertThat(manager.calls()).doesNotContain("GetUnit");
  }

  @Test
  void theJobMayEndBeforeTheReplyIsThere() {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          FakeManager.removed(peer, FakeManager.JOB, FakeManager.UNIT, "done");
          peer.reply(call, "o", FakeManager.JOB);
        });

    starts(START);
  }

  @Test
  void theEndOfAnotherJobIsNotTheEndOfThisOne() {
    manager.on.put(
        START,
        (peer, call) -> {
          FakeManager.removed(peer, FakeManager.JOB + "1", FakeManager.UNIT, "failed");
          FakeManager.removed(peer, FakeManager.JOB, "other.scope", "failed");
          FakeManager.removedSays(peer, ":1.666", FakeManager.JOB, FakeManager.UNIT, "failed");
          for (int i = 0; i < 1000; i++) {
            FakeManager.removed(peer, FakeManager.JOB + i, "other.scope", "canceled");
          }
          manager.start(peer, call, "done");
        });

    starts(START);
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "timeout", "canceled", "dependency", "skipped"})
  void aJobThatDidNotEndWellIsAnErrorAndTheUnitGoes(String result) {
    manager.on.put(START, (peer, call) -> manager.start(peer, call, result));

    fails("the result of its job is '" + result + "'", START, STOP, RESET);
  }

  @Test
  void aFailedUnitOfTheNameIsResetOnce() {
    manager.state = "failed";
    manager.on.put(
        START,
        (peer, call) -> {
          if (manager.state.isEmpty()) {
            manager.start(peer, call, "done");
          } else {
            peer.error(call, Refusal.UNIT_EXISTS, "exists");
          }
        });

    starts(START, RESET, START);
  }

  @Test
  void aNameThatStaysTakenIsAnErrorAndNeverAScopeWithoutLimits() {
    manager.state = "failed";
    manager.on.put(RESET, (peer, call) -> peer.reply(call, ""));
    manager.on.put(START, (peer, call) -> peer.error(call, Refusal.UNIT_EXISTS, "exists"));

    fails("systemd answered " + Refusal.UNIT_EXISTS, START, RESET, START);
    assertThat(manager.state).as("somebody else's").isEqualTo("failed");
  }

  @Test
  void aUnitOfTheNameThatRunsIsLeftAlone() {
    manager.state = "active";
    manager.on.put(START, (peer, call) -> peer.error(call, Refusal.UNIT_EXISTS, "exists"));

    fails("systemd answered " + Refusal.UNIT_EXISTS + ": exists", START);
    assertThat(manager.state).isEqualTo("active");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PropertyReadOnly", "UnknownProperty"})
  void whatAnOlderSystemdDoesNotKnowIsLeftOut(String error) {
    manager.on.put(
        START,
        (peer, call) -> {
          if (call.arguments().toString().contains("OOMPolicy")) {
            peer.error(
                call,
                FakeServer.error(error),
                "Cannot set property OOMPolicy, or unknown property.");
          } else if (call.arguments().toString().contains("CollectMode")) {
            peer.error(call, FakeServer.error(error), "Unknown property: CollectMode");
          } else {
            manager.start(peer, call, "done");
          }
        });

    starts(START, START, START);
    assertThat(manager.asked.get(0).toString()).contains("MemoryMax").contains("PIDs");
  }

  @Test
  void aLimitThatSystemdDoesNotKnowIsAnErrorThatNamesIt() {
    manager.on.put(
        START,
        (peer, call) ->
            peer.error(
                call,
                FakeServer.error("PropertyReadOnly"),
                "Cannot set property MemoryMax, or unknown property."));

    fails("Cannot set property MemoryMax", START, STOP, RESET);
  }

  @Test
  void aManagerThatDoesNotAnswerIsAnErrorAndIsToldToUndoIt() {
    manager.on.put(START, (peer, call) -> manager.accept(call));

    failsWithin(SHORT, "systemd did not answer in time", START, STOP, RESET);
    assertThat(manager.state).isEmpty();
  }

  @Test
  @Tag("slow")
  void aManagerThatNeverAnswersAgainIsAnErrorToo() {
    manager.on.put(START, (peer, call) -> peer.awaitTheEnd());

    LaunchException e = failure(SHORT);

    assertThat(e).hasMessageContaining("systemd did not answer in time");
    assertThat(e.getSuppressed()).isNotEmpty();
  }

  @Test
  void aJobWithoutAnEndIsAnError() {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          manager.state = "activating";
          peer.reply(call, "o", FakeManager.JOB);
        });

    failsWithin(SHORT, "systemd did not answer in time", START, STOP, RESET);
  }

  @Test
  void aSignalThatGotLostIsMadeUpForByLooking() {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          peer.reply(call, "o", FakeManager.JOB);
        });

    starts(START);
  }

  @Test
  void aConnectionThatIsLostIsMadeAnewAndTheUnitIsFound() {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          peer.hangUp();
        });

    starts(START);
  }

  @Test
  void aConnectionThatIsLostWithinTheReplyToo() {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          byte[] reply = peer.replyBytes(call, "o", FakeManager.JOB);
          peer.raw(Arrays.copyOf(reply, reply.length / 2));
          peer.hangUp();
        });

    starts(START);
  }

  @Test
  void whatTheManagerHadNotHeardBeforeTheLossIsSaidAgain() {
    int[] calls = {0};
    manager.on.put(
        START,
        (peer, call) -> {
          if (++calls[0] < 3) {
            peer.hangUp();
          } else {
            manager.start(peer, call, "done");
          }
        });

    starts(START, START, START);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NoReply", "Disconnected", "ServiceUnknown", "NameHasNoOwner"})
  void aManagerThatExecutesItselfAnewIsAskedWhatBecameOfIt(String error) {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          peer.error(call, FakeServer.error(error), "gone");
        });

    starts(START);
  }

  @Test
  void aUnitMadeTwiceByALossIsTakenForOurs() {
    int[] calls = {0};
    manager.on.put(
        START,
        (peer, call) -> {
          if (++calls[0] == 1) {
            peer.error(call, FakeServer.error("NoReply"), "gone");
          } else {
            manager.accept(call);
            peer.error(call, Refusal.UNIT_EXISTS, "exists");
          }
        });

    starts(START, START);
  }

  @Test
  void aUnitThatAppearsMeanwhileWithOtherProcessesIsLeftAlone() {
    manager.unitOfProcesses = "/org/freedesktop/systemd1/unit/other_2escope";
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          peer.hangUp();
        });

    fails("process 42 is in /org/freedesktop/systemd1/unit/other_2escope", START);
    assertThat(manager.state).isEqualTo("active");
  }

  @Test
  void aProcessThatIsGoneIsAnError() {
    manager.on.put(
        START,
        (peer, call) ->
            peer.error(call, FakeServer.error("UnixProcessIdUnknown"), "Process 42 is gone"));

    fails("Process 42 is gone", START, STOP, RESET);
  }

  @Test
  void whoMayNotIsTold() {
    manager.on.put(
        START, (peer, call) -> peer.error(call, FakeServer.error("AccessDenied"), "polkit"));

    assertThatExceptionOfType(DeniedException.class)
        .isThrownBy(() -> start(LONG))
        .withMessageContaining("org.freedesktop.DBus.Error.AccessDenied: polkit; the system's");
  }

  @Test
  void anAnswerThatIsNoneIsAnErrorAndTheUnitGoes() {
    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          peer.reply(call, "u", 7);
        });
    fails("a reply of type 'u'", START, STOP, RESET);

    manager.on.put(
        START,
        (peer, call) -> {
          manager.accept(call);
          peer.raw(new byte[64]);
        });
    fails("starts with byte 0", START, STOP, RESET, START, STOP, RESET);
    assertThat(manager.state).isEmpty();
  }

  @Test
  void processesMoveIntoAScopeThatRuns() {
    List<List<Object>> moved = new CopyOnWriteArrayList<>();
    manager.on.put(
        "AttachProcessesToUnit",
        (peer, call) -> {
          moved.add(call.arguments());
          peer.reply(call, "");
        });

    systemd.attach(FakeManager.UNIT, "/guard", List.of(42L, 43L));

    assertThat(moved).containsExactly(List.of(FakeManager.UNIT, "/guard", List.of(42L, 43L)));
  }

  @Test
  void aProcessThatCannotMoveIsAnErrorAndTheScopeStays() {
    starts(START);
    manager.on.put(
        "AttachProcessesToUnit",
        (peer, call) -> peer.error(call, FakeServer.error("UnixProcessIdUnknown"), "gone"));

    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(() -> systemd.attach(FakeManager.UNIT, "/guard", List.of(42L)))
        .withMessageStartingWith("could not move [42] to unit " + FakeManager.UNIT)
        .withMessageContaining("UnixProcessIdUnknown");
    assertThat(manager.changes()).containsExactly(START);
  }

  private void start(Duration timeout) {
    systemd.startScope(FakeManager.UNIT, List.of(42L), PROPERTIES, false, timeout);
  }

  private void starts(String... changes) {
    start(LONG);
    assertThat(manager.changes()).containsExactly(changes);
  }

  private void fails(String message, String... changes) {
    failsWithin(LONG, message, changes);
  }

  private void failsWithin(Duration timeout, String message, String... changes) {
    assertThat(failure(timeout)).hasMessageContaining(message);
    assertThat(manager.changes()).containsExactly(changes);
  }

  private LaunchException failure(Duration timeout) {
    try {
      start(timeout);
      throw new AssertionError("started");
    } catch (OomException e) {
      assertThat(e).hasMessageStartingWith("could not start unit " + FakeManager.UNIT);
      return (LaunchException) e;
    }
  }
}
