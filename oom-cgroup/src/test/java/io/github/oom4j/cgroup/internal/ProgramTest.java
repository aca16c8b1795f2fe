package io.github.oom4j.cgroup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.oom4j.LaunchException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {

  @TempDir Path dir;

  @BeforeEach
  void makePrograms() throws IOException {
    program("bin/good", "#!/bin/sh\n", true);
    program("bin/plain", "#!/bin/sh\n", false);
    program("other/plain", "#!/bin/sh\n", true);
    program("other/good", "#!/bin/sh\n", true);
    Files.createDirectories(dir.resolve("bin/folder"));
  }

  @Test
  void aPlainNameIsSearchedInThePath() {
    assertThat(find("good").file()).isEqualTo(file("bin/good"));
  }

  @Test
  void whatCannotBeExecutedIsPassedOver() throws IOException {
    program("other/folder", "", true);

    assertThat(find("plain").file()).isEqualTo(file("other/plain"));
    assertThat(find("folder").file()).isEqualTo(file("other/folder"));
  }

  @Test
  void anEmptyEntryOfThePathIsTheDirectoryOfTheCommand() throws IOException {
    program("here", "", true);

    assertThat(Program.find("here", dir.toFile(), Optional.of("/nowhere:")).file())
        .isEqualTo(file("here"));
    assertThat(Program.find("good", dir.toFile(), Optional.of("bin")).file())
        .isEqualTo(file("bin/good"));
  }

  @Test
  void aNameWithASlashIsSeenFromTheDirectoryOfTheCommand() {
    assertThat(find("bin/good").file()).isEqualTo(file("bin/good"));
    assertThat(find(dir + "/bin/good").file()).isEqualTo(file("bin/good"));
    refused("./good", "could not start ./good: " + dir + "/./good: no such file");
  }

  @Test
  void aNameThatIsNowhereIsRefused() {
    refused(
        "nosuch",
        "could not start nosuch: no such program in PATH " + dir + "/bin:" + dir + "/other");
    refused("", "could not start the command: the program's name is empty");
    refused("bin/nosuch", "could not start bin/nosuch: " + dir + "/bin/nosuch: no such file");
  }

  @Test
  void aDirectoryIsRefused() {
    refused("bin/folder", "could not start bin/folder: " + dir + "/bin/folder is a directory");
    refused("folder", "could not start folder: " + dir + "/bin/folder is a directory");
  }

  @Test
  void aFileWithoutPermissionIsRefused() {
    refused(
        "bin/plain",
        "could not start bin/plain: " + dir + "/bin/plain is not executable; chmod +x makes it so");
  }

  @Test
  void aScriptWithoutItsInterpreterIsRefused() throws IOException {
    program("script", "#! /no/such/shell -x\n", true);
    program("unended", "#!/no/such/shell", true);
    program("inFolder", "#!" + dir + "\n", true);

    refused(
        "./script",
        "could not start ./script: the interpreter that "
            + dir
            + "/./script names: /no/such/shell: no such file");
    refused(
        "./unended",
        "could not start ./unended: the interpreter that "
            + dir
            + "/./unended names: /no/such/shell: no such file");
    refused(
        "./inFolder",
        "could not start ./inFolder: the interpreter that "
            + dir
            + "/./inFolder names: "
            + dir
            + " is a directory");
  }

  private void refused(String word, String message) {
    assertThatExceptionOfType(LaunchException.class)
        .isThrownBy(() -> find(word))
        .withMessage(message);
  }

  private Program find(String word) {
    return Program.find(word, dir.toFile(), Optional.of(dir + "/bin:" + dir + "/other"));
  }

  private File file(String name) {
    return dir.resolve(name).toFile();
  }

  private void program(String name, String text, boolean executable) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(
        file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
