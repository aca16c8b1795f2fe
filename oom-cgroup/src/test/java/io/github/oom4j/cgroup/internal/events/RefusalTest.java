package io.github.oom4j.cgroup.internal.events;

import static com.sun.jna.platform.linux.ErrNo.EACCES;
import static com.sun.jna.platform.linux.ErrNo.EINVAL;
import static com.sun.jna.platform.linux.ErrNo.EIO;
import static com.sun.jna.platform.linux.ErrNo.EMFILE;
import static com.sun.jna.platform.linux.ErrNo.ENODEV;
import static com.sun.jna.platform.linux.ErrNo.ENOENT;
import static com.sun.jna.platform.linux.ErrNo.EOPNOTSUPP;
import static com.sun.jna.platform.linux.ErrNo.EPERM;
import static com.sun.jna.platform.linux.ErrNo.EROFS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.OomException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of them is which kind of error, and what each says would help. */
class RefusalTest {

  private static final Path FILE = Path.of("/sys/fs/cgroup/box/memory.pressure");

  @ParameterizedTest
  @CsvSource({
    ENOENT + ",UnsupportedKernelException,CONFIG_PSI",
    ENOENT + ",UnsupportedKernelException,cgroup.pressure",
    EOPNOTSUPP + ",UnsupportedKernelException,boot with psi=1",
    ENODEV + ",UnsupportedKernelException,was removed",
    EPERM + ",DeniedException,CAP_SYS_RESOURCE",
    EACCES + ",DeniedException,Delegate=yes",
    EROFS + ",DeniedException,read-only",
    EMFILE + ",KernelIoException,ulimit -n",
    EIO + ",KernelIoException,errno 5",
  })
  void openingForATrigger(int errno, String type, String hint) {
    assertRefused(Refusal.ofPressure(FILE, errno), type, hint);
  }

  @ParameterizedTest
  @CsvSource({
    EINVAL + ",false,DeniedException,'2, 4, 6, 8 or 10 s'",
    EINVAL + ",false,DeniedException,CAP_SYS_RESOURCE",
    EINVAL + ",true,UnsupportedKernelException,500 ms",
    EOPNOTSUPP + ",false,UnsupportedKernelException,boot with psi=1",
    EPERM + ",false,DeniedException,CAP_SYS_RESOURCE",
    EIO + ",true,KernelIoException,errno 5",
  })
  void writingATrigger(int errno, boolean privileged, String type, String hint) {
    OomException refusal = Refusal.ofTrigger(FILE, "some 150000 1000000", errno, privileged);
    assertRefused(refusal, type, hint);
    assertThat(refusal).hasMessageContaining("'some 150000 1000000'");
  }

  @ParameterizedTest
  @CsvSource({
    ENOENT + ",UnsupportedKernelException,the root has none",
    EACCES + ",DeniedException,chmod",
    EMFILE + ",KernelIoException,ulimit -n",
  })
  void openingForReading(int errno, String type, String hint) {
    assertRefused(Refusal.ofEvents(FILE, errno, "the root has none"), type, hint);
  }

  private static void assertRefused(OomException refusal, String type, String hint) {
    assertThat(refusal).hasMessageContaining(FILE.toString()).hasMessageContaining(hint);
    assertThat(refusal.getClass().getSimpleName()).isEqualTo(type);
  }
}
