package io.github.oom4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which launchers, build tools and IDEs put classes on a path. */
@Needs(Need.MEMORY_CGROUP)
class PathsIT {

  static class Plain {
    @Test
    @RunInMemoryLimit("256M")
    void passes() {
      // Not by AssertJ, which may be missing.
      if (!Boolean.getBoolean("oom4j.test.given")) {
        throw new IllegalStateException("not what the JVM outside was given");
      }
    }
  }

  private static final String GIVEN = "-Doom4j.test.given=true";

  private static String run(Path dir, List<String> jvmArgs) throws Exception {
    Path output = dir.resolve("output");
    Outside.start(Plain.class, output, jvmArgs).waitFor();
    return Files.readString(output);
  }

  @Test
  void annotationsWorkWithoutAssertJ(@TempDir Path dir) throws Exception {
    String path = Outside.classPath(entry -> !entry.contains("assertj"));

    assertThat(run(dir, List.of("-cp", path, GIVEN))).contains("passed passes()");
  }

  /** As Surefire makes one where a class path would be too long for a command line. */
  @Test
  void aJarThatHasOnlyAManifest(@TempDir Path dir) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Outside.allEntries()
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    Path jar = dir.resolve("booter.jar");
    try (OutputStream file = Files.newOutputStream(jar)) {
      new JarOutputStream(file, manifest).close();
    }

    assertThat(run(dir, List.of("-cp", jar.toString(), GIVEN))).contains("passed passes()");
  }

  /** As the console launcher makes one for its --class-path. */
  @Test
  void aLoaderOnTopOfTheClassPath() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : (Iterable<String>) Outside.allEntries()::iterator) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    // The loader is not closed before the run is over.
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      assertThat(JvmCommand.classPath(loader)).containsAll(Outside.allEntries().toList());
    }
  }

  /** As Surefire does for a project that is a module: the tests are patched into it. */
  @Test
  void theModulePath(@TempDir Path dir) throws Exception {
    String module = "io.github.oom4j.junit";
    Path output = dir.resolve("output");
    List<String> arguments =
        List.of(
            "-p",
            Outside.classPath(entry -> !isTests(entry)),
            "--patch-module=" + module + "=" + Outside.classPath(PathsIT::isTests),
            "--add-modules=org.junit.jupiter.engine",
            "--add-opens=" + module + "/" + module + "=org.junit.platform.commons",
            GIVEN,
            "-m");

    Outside.start(module + "/" + Outside.class.getName(), Plain.class, output, arguments).waitFor();

    assertThat(output).content().contains("passed passes()");
  }

  private static boolean isTests(String entry) {
    return Files.exists(Path.of(entry).resolve("io/github/oom4j/junit/PathsIT.class"));
  }
}
