package io.github.oom4j.junit;

import io.github.oom4j.cgroup.MemoryScope;
import io.github.oom4j.junit.internal.ForkMain;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The command that starts a JVM like this one: same classes, modules and settings, other heap. */
final class JvmCommand {

  /** What sizes the heap, or would be in the way of another JVM: ports and files of its own. */
  private static final Pattern NOT_INHERITED =
      Pattern.compile(
          "-Xm[nsx].*|-XX:\\w*(HeapSize|NewSize|RAM|RAMPercentage|RAMFraction)=.*"
              + "|-agentlib:jdwp.*|-Xrunjdwp.*|-javaagent:.*debugger-agent.*"
              + "|-XX:(ArchiveClassesAtExit|DumpLoadedClassList|AOTCacheOutput|AOTMode|AOTConfiguration)=.*"
              + "|-XX:\\+AutoCreateSharedArchive"
              + "|-XX:StartFlightRecording.*|-XX:FlightRecorderOptions.*|-Xloggc.*|-Xlog:[^:]*:(?!stdout|stderr).+"
              + "|-Dcom\\.sun\\.management\\.jmxremote.*|-Djdk\\.module\\.main.*");

  /** Where a JVM takes arguments from, too. Those of this JVM are among its input arguments. */
  static final List<String> ENVIRONMENT =
      List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS");

  private static final String ARGUMENTS = "arguments";

  /** Deprecated from then on; by then a JVM finds its limit in more kinds of cgroups. */
  private static final int NO_MAX_RAM = 26;

  private JvmCommand() {}

  /**
   * What makes a JVM size its heap by the box also where it does not see the box by itself: HotSpot
   * 17 overlooks cgroup v2 if the kernel has no cpuset controller.
   *
   * @param box what is asked for
   */
  static List<String> sizedBy(MemoryScope box) {
    return Runtime.version().feature() >= NO_MAX_RAM
        ? List.of()
        : box.limits().memoryMax().stream().map(size -> "-XX:MaxRAM=" + size.bytes()).toList();
  }

  /**
   * The command. Its arguments are in a file, since class paths are long.
   *
   * @param directory where to put that file; it is the main class's argument, too
   * @param classes the loader of the test's classes
   * @param more arguments that come after the inherited ones
   */
  static List<String> in(Path directory, ClassLoader classes, List<String> more)
      throws IOException {
    List<String> arguments = new ArrayList<>(inherited());
    arguments.addAll(more);
    arguments.add("-cp");
    arguments.add(String.join(File.pathSeparator, classPath(classes)));
    Module own = JvmCommand.class.getModule();
    if (own.isNamed()) {
      arguments.add("-m");
      arguments.add(own.getName() + "/" + ForkMain.class.getName());
    } else {
      arguments.add(ForkMain.class.getName());
    }
    arguments.add(directory.toString());
    Path file = directory.resolve(ARGUMENTS);
    Files.write(file, arguments.stream().map(JvmCommand::quoted).toList());
    return List.of(java().toString(), "@" + file);
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private static List<String> inherited() {
    List<String> arguments = new ArrayList<>();
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (isInherited(argument)) {
        arguments.add(argument);
      }
    }
    @Nullable String main = System.getProperty("jdk.module.main");
    if (main != null) {
      arguments.add("--add-modules=" + main);
    }
    return arguments;
  }

  static boolean isInherited(String argument) {
    return !NOT_INHERITED.matcher(argument).matches();
  }

  /**
   * That of this JVM, of the loaders that a launcher put on top of it, and what Surefire says it
   * is. Surefire's jar that has only a manifest serves as well as what it names.
   */
  static Set<String> classPath(ClassLoader classes) {
    Set<String> entries = new LinkedHashSet<>();
    for (@Nullable ClassLoader loader = classes; loader != null; loader = loader.getParent()) {
      if (loader instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          file(url, entries);
        }
      }
    }
    for (String property : List.of("java.class.path", "surefire.test.class.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  private static void file(URL url, Set<String> entries) {
    if (url.getProtocol().toLowerCase(Locale.ROOT).equals("file")) {
      try {
        entries.add(Path.of(url.toURI()).toString());
      } catch (URISyntaxException e) {
        entries.add(url.getPath());
      }
    }
  }

  /** As java(1) reads it back from a file. */
  private static String quoted(String argument) {
    return '"'
        + argument
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        + '"';
  }
}
