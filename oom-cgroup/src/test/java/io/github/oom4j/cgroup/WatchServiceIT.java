package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import com.sun.jna.platform.linux.ErrNo;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.BufferedReader;
import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM where JNA is missing, or can't load its library. */
@Needs(Need.LINUX)
@Timeout(120)
class WatchServiceIT {

  @Test
  void standsInForAMissingJna() throws Exception {
    watches(Boxes.java(WatchServiceMain.class), "NoClassDefFoundError");
  }

  @Test
  void standsInWhereJnaCannotUnpackItsLibrary() throws Exception {
    List<String> command = Boxes.java(WatchServiceMain.class);
    int classpath = command.indexOf("-cp") + 1;
    String jna = Boxes.folderOf(Native.class) + File.pathSeparator + Boxes.folderOf(ErrNo.class);
    command.set(classpath, command.get(classpath) + File.pathSeparator + jna);
    command.addAll(1, List.of("-Djna.nosys=true", "-Djna.tmpdir=/proc/self/oom4j"));
    watches(command, "UnsatisfiedLinkError");
  }

  private static void watches(List<String> command, String why) throws Exception {
    Process watcher;
    try (PlainCgroup place = new PlainCgroup()) {
      command.add(place.path().toString());
      watcher = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader said = watcher.inputReader();
      String refusal = said.readLine();
      assertThat(refusal).contains("UnsupportedKernelException");
      if (Need.PSI.missing().isEmpty()) {
        assertThat(refusal).contains("JNA could not load").contains(why);
      }
      assertThat(said.readLine()).isEqualTo("closed true");
      assertThat(said.readLine()).isEqualTo("false");
      Process process = place.enter();
      assertThat(said.readLine()).isEqualTo("true");
      PlainCgroup.leave(process);
      assertThat(said.readLine()).isEqualTo("false");
    }
    assertThat(rest(watcher)).containsExactly("REMOVED", "thread ended true");
    assertThat(watcher.waitFor()).isZero();
  }

  private static List<String> rest(Process watcher) {
    return watcher.inputReader().lines().toList();
  }
}
