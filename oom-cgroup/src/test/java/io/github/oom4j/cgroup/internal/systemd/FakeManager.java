package io.github.oom4j.cgroup.internal.systemd;

import io.github.oom4j.cgroup.internal.Idle;
import io.github.oom4j.cgroup.internal.dbus.FakeServer;
import io.github.oom4j.cgroup.internal.dbus.FakeServer.Handler;
import io.github.oom4j.cgroup.internal.dbus.FakeServer.Peer;
import io.github.oom4j.cgroup.internal.dbus.Message;
import io.github.oom4j.cgroup.internal.dbus.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A manager of systemd, behind a fake bus or at its own socket, which knows one unit and behaves as
 * the real one does until a test tells it otherwise.
 */
final class FakeManager implements AutoCloseable {

  static final String UNIT = "oom4j-1.scope";
  static final String UNIT_PATH = "/org/freedesktop/systemd1/unit/oom4j_2d1_2escope";
  static final String JOB = "/org/freedesktop/systemd1/job/7";

  private static final List<String> CHANGES =
      List.of("StartTransientUnit", "StopUnit", "ResetFailedUnit");

  /** What is done with a call; a test puts its own in. */
  final Map<String, Handler> on = new ConcurrentHashMap<>();

  /** The properties of each StartTransientUnit. */
  final List<List<?>> asked = new CopyOnWriteArrayList<>();

  /** The unit's ActiveState, or empty if there is no such unit. */
  volatile String state = "";

  /** The unit of every process. */
  volatile String unitOfProcesses = UNIT_PATH;

  private final Path run;
  private final FakeServer server;

  /** Behind a bus, in a directory that is to look like /run. */
  FakeManager(Path run) throws IOException {
    this(run, true);
  }

  FakeManager(Path run, boolean bus) throws IOException {
    this.run = run;
    Files.createDirectories(run.resolve("systemd/system"));
    on.put(
        "GetConnectionUnixProcessID",
        (peer, call) -> peer.reply(call, "u", ProcessHandle.current().pid()));
    on.put("GetUnit", this::unit);
    on.put("GetUnitByPID", (peer, call) -> peer.reply(call, "o", unitOfProcesses));
    on.put("Get", this::property);
    on.put("StartTransientUnit", (peer, call) -> start(peer, call, "done"));
    on.put("StopUnit", (peer, call) -> remove(peer, call, "o", JOB));
    on.put("ResetFailedUnit", (peer, call) -> remove(peer, call, ""));
    server = FakeServer.of(run.resolve(bus ? "dbus/system_bus_socket" : "systemd/private"), on);
  }

  Systemd connect() {
    return connect(new Idle<>(ManagerLink::close));
  }

  Systemd connect(Idle<ManagerLink> afterwards) {
    return Systemd.system(new Surroundings(name -> Optional.empty(), run, 0), afterwards);
  }

  /** All calls, in order. */
  List<String> calls() {
    return server.calls();
  }

  /** What changes something, in order. */
  List<String> changes() {
    return server.calls().stream().filter(CHANGES::contains).toList();
  }

  /** Makes the unit, answers, and tells the result of the job. */
  void start(Peer peer, Message call, String result) throws IOException {
    accept(call);
    peer.reply(call, "o", JOB);
    removed(peer, JOB, UNIT, result);
  }

  /** Makes the unit and says nothing. */
  void accept(Message call) throws IOException {
    asked.add((List<?>) call.arguments().get(2));
    state = "active";
  }

  static void removed(Peer peer, String job, String unit, String result) throws IOException {
    removedSays(peer, FakeServer.NAME, job, unit, result);
  }

  static void removedSays(Peer peer, String sender, String job, String unit, String result)
      throws IOException {
    peer.signalFrom(
        sender, ManagerLink.PATH, ManagerLink.MANAGER, "JobRemoved", "uoss", 7, job, unit, result);
  }

  private void unit(Peer peer, Message call) throws IOException {
    if (state.isEmpty()) {
      peer.error(call, Refusal.NO_SUCH_UNIT, "Unit " + UNIT + " not loaded.");
    } else {
      peer.reply(call, "o", UNIT_PATH);
    }
  }

  private void property(Peer peer, Message call) throws IOException {
    switch (call.arguments().get(1).toString()) {
      case "ActiveState" -> peer.reply(call, "v", new Variant("s", state));
      case "Job" -> peer.reply(call, "v", new Variant("(uo)", List.of(0, "/")));
      default -> peer.error(call, FakeServer.error("UnknownProperty"), "fake");
    }
  }

  private void remove(Peer peer, Message call, String signature, Object... reply)
      throws IOException {
    if (state.isEmpty()) {
      peer.error(call, Refusal.NO_SUCH_UNIT, "Unit " + UNIT + " not loaded.");
    } else {
      state = "";
      peer.reply(call, signature, reply);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
