package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.KernelIoException;
import io.github.oom4j.OomException;
import io.github.oom4j.cgroup.internal.CgroupPaths;
import io.github.oom4j.cgroup.internal.CgroupTree;
import io.github.oom4j.guest.Await;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When there is no room for what a launch needs, it fails as a whole. */
@Needs(Need.MEMORY_CGROUP)
class ExhaustionIT {

  /**
   * Starts boxes with no descriptor left, with one, with two, until one starts; prints {@code
   * refusals started left}.
   */
  static final class FewDescriptors {
    private FewDescriptors() {}

    public static void main(String[] arguments) throws Exception {
      MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.parse(arguments[0]), 64);
      scope.start("true").close();
      loadAll();
      waitForASocket();
      Deque<Closeable> hoard = new ArrayDeque<>();
      int refusals = 0;
      boolean started = false;
      for (int free = 0; !started; free++) {
        fill(hoard);
        release(hoard, free);
        try (ScopedProcess job = scope.start("sh", "-c", "exit 3")) {
          started = job.process().waitFor() == 3;
        } catch (OomException e) {
          refusals++;
        }
      }
      release(hoard, hoard.size());
      // Not the descriptors: where some are missing, the JDK's own start of a process (17 and 25)
      // forgets pipes, and closes what is not its own.
      boolean left =
          !Await.until(() -> ProcessHandle.current().children().findAny().isEmpty())
              || !Boxes.left().isEmpty();
      System.out.println(refusals + " refused, then started" + (left ? ", some left" : ""));
    }

    /** A class in a folder takes a descriptor when it is first used. */
    private static void loadAll() throws Exception {
      for (Class<?> one : List.of(MemoryScope.class, OomException.class, FewDescriptors.class)) {
        Path folder = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (!Files.isDirectory(folder)) {
          continue;
        }
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.filter(f -> f.toString().matches(".*oom4j.*\\.class")).toList()) {
            String name = folder.relativize(file).toString();
            if (!name.endsWith("-info.class") && !name.matches(".*(Test|IT)\\W.*")) {
              load(name.replaceFirst("\\.class$", "").replace('/', '.'));
            }
          }
        }
      }
    }

    /** Whose first time loads a library of the JDK. systemd may have answered before we waited. */
    private static void waitForASocket() throws IOException {
      try (Selector selector = Selector.open();
          SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        socket.configureBlocking(false);
        socket.register(selector, SelectionKey.OP_CONNECT);
        selector.selectNow();
      }
    }

    private static void load(String name) throws ClassNotFoundException {
      try {
        Class.forName(name, false, FewDescriptors.class.getClassLoader());
      } catch (NoClassDefFoundError e) {
        // Made of JNA, which this JVM does without.
      }
    }

    private static void release(Deque<Closeable> hoard, int count) {
      for (int i = 0; i < count; i++) {
        try {
          hoard.pop().close();
        } catch (IOException e) {
          // Closed by the JDK already.
        }
      }
    }

    private static void fill(Deque<Closeable> hoard) {
      try {
        while (true) {
          hoard.push(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        // Full.
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.oom4j.cgroup.Boxes#backends")
  void withoutDescriptorsABoxIsRefusedAndNothingIsLeft(ScopeBackend backend) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 100; exec \"$@\"", "sh"));
    command.addAll(Boxes.java(FewDescriptors.class, backend.toString()));
    Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(jvm.waitFor()).as(printed).isZero();
    assertThat(printed).containsPattern("[1-9][0-9]* refused, then started\n$");
    assertThat(Boxes.of(jvm.pid())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cgroup.max.descendants", "cgroup.max.depth"})
  @Needs({Need.ROOT, Need.CGROUP_V2, Need.GUEST})
  void whereNoCgroupMayBeMadeTheLimitIsNamed(String limit) throws Exception {
    Leftovers leftovers = Leftovers.now();
    Path file = Boxes.directParent().resolve(limit);
    String before = Files.readString(file);
    Files.writeString(file, "0");
    try {
      MemoryScope scope = Boxes.ofMebibytes(ScopeBackend.CGROUPFS, 64);
      assertThatExceptionOfType(KernelIoException.class)
          .isThrownBy(() -> scope.start("true"))
          .withMessageContaining("could not create a cgroup")
          .withMessageContaining(limit);
    } finally {
      Files.writeString(file, before);
    }
    leftovers.assertNone();
  }

  /** In a domain that is threaded, and in a child that is invalid because of that. */
  @Test
  @Needs({Need.ROOT, Need.CGROUP_V2})
  void aThreadedCgroupIsPassedOver() throws Exception {
    Path parent = Boxes.directParent();
    Path domain = Files.createDirectory(Boxes.freshCgroup());
    try {
      Path invalid = Files.createDirectory(domain.resolve("invalid"));
      Files.writeString(
          Files.createDirectory(domain.resolve("t")).resolve("cgroup.type"), "threaded");
      assertThat(CgroupFile.text(domain, "cgroup.type")).isEqualTo("domain threaded");
      assertThat(CgroupFile.text(invalid, "cgroup.type")).isEqualTo("domain invalid");

      for (Path own : List.of(domain, invalid, domain.resolve("t"))) {
        assertThat(CgroupV2Backend.parent(CgroupPaths.of("self").v2().mount(), own))
            .isEqualTo(parent);
      }
    } finally {
      new CgroupTree(domain).remove(Duration.ofSeconds(10));
    }
  }
}
