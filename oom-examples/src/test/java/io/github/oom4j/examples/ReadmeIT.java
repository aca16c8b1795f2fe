package io.github.oom4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** README shows code and what it printed: the code is this, and it prints that, numbers aside. */
class ReadmeIT {

  private static String readme = "";
  private static String source = "";

  @BeforeAll
  static void readSources() throws IOException {
    Path project = Path.of("").toAbsolutePath().getParent();
    Path snippets =
        Path.of("src/test/java/io/github/oom4j/examples/ReadmeSnippets.java").toAbsolutePath();
    assumeTrue(
        project != null && Files.exists(snippets) && Files.exists(project.resolve("README.md")),
        "the sources of the project are not here, only its classes");
    readme = Files.readString(project.resolve("README.md"));
    source = Files.readString(snippets);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "look",
        "overcommit",
        "score",
        "ranking",
        "predict",
        "limit",
        "contain",
        "ring",
        "saved"
      })
  void readmeShowsTheCodeThatIsTested(String name) {
    assertThat(readmeBlock(name, "java").strip()).isEqualTo(snippet(name));
  }

  @ParameterizedTest
  @Needs(Need.LINUX)
  @ValueSource(strings = {"look", "overcommit", "saved"})
  void theCodePrintsWhatReadmeShows(String name) throws Exception {
    assertThat(shape(run(name))).isEqualTo(shape(readmeBlock(name, "text")));
  }

  @Test
  @Needs(Need.LINUX)
  void theNextVictimHasAName() throws Exception {
    assertThat(run("ranking").strip()).isNotEmpty().isNotEqualTo("nobody");
    assertThat(run("predict")).startsWith("If the machine is out of memory, the kernel kills ");
  }

  @Test
  @Needs({Need.MEMORY_CGROUP, Need.KMSG})
  void aBoxTellsAndTheRingRemembers() throws Exception {
    assertThat(run("limit")).contains(": ");
    assertThat(shape(run("contain"))).isEqualTo(shape(readmeBlock("contain", "text")));
    // Somebody else may have been killed since.
    assertThat(run("ring")).startsWith("The OOM killer killed ");
  }

  @Test
  @Needs(Need.LINUX)
  void aProcessCanVolunteer() throws IOException {
    // In a JVM of its own: adjusting this one would not be undone without CAP_SYS_RESOURCE.
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Volunteer.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shape(printed)).isEqualTo(shape(readmeBlock("score", "text")));
  }

  /** Runs the snippet that changes its own process. */
  static final class Volunteer {
    private Volunteer() {}

    public static void main(String... args) {
      ReadmeSnippets.score();
    }
  }

  @Test
  @Needs({Need.CGROUP_V1, Need.ROOT, Need.KMSG})
  void theDemoPrintsWhatReadmeShows() {
    java.io.StringWriter out = new java.io.StringWriter();

    int status = Main.commandLine().setOut(new PrintWriter(out, true)).execute("demo");

    assertThat(status).isZero();
    assertThat(shape(rankingAside(out.toString())))
        .isEqualTo(shape(rankingAside(readmeBlock("demo", "text"))));
  }

  /** Who ranks high depends on what else runs here. */
  private static String rankingAside(String demo) {
    return demo.replaceAll("(?m)^   [123]\\. .*\\R", "");
  }

  private static String run(String name) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      switch (name) {
        case "look" -> ReadmeSnippets.look();
        case "overcommit" -> ReadmeSnippets.overcommit();
        case "ranking" -> ReadmeSnippets.ranking();
        case "contain" -> ReadmeSnippets.contain();
        case "predict" -> ReadmeSnippets.predict();
        case "limit" -> ReadmeSnippets.limit();
        case "ring" -> ReadmeSnippets.ring();
        case "saved" -> saved();
        default -> throw new IllegalArgumentException(name);
      }
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** README is written for a reader at the top of the project; tests run in a module. */
  private static void saved() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                absoluteClassPath(),
                Saved.class.getName())
            .directory(Path.of("..").toAbsolutePath().toFile())
            .redirectErrorStream(true)
            .start();
    System.out.write(child.getInputStream().readAllBytes());
    assertThat(child.waitFor()).isZero();
  }

  private static String absoluteClassPath() {
    return String.join(
        java.io.File.pathSeparator,
        Pattern.compile(java.io.File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  /** Runs the snippet that names a file of the project. */
  static final class Saved {
    private Saved() {}

    public static void main(String... args) {
      ReadmeSnippets.saved();
    }
  }

  /** The lines of a method's body, without its indentation. */
  private static String snippet(String name) {
    Matcher body =
        Pattern.compile("static void " + name + "\\(\\)[^{]*\\{\n(.*?)\n  }\n", Pattern.DOTALL)
            .matcher(source);
    assertThat(body.find()).as("method %s of ReadmeSnippets", name).isTrue();
    return body.group(1).stripIndent().strip();
  }

  /** The fenced block of a language that follows the mark {@code <!-- name -->}. */
  private static String readmeBlock(String name, String language) {
    Matcher block =
        Pattern.compile(
                "<!-- " + name + " -->(?:(?!<!-- ).)*?```" + language + "\n(.*?)```",
                Pattern.DOTALL)
            .matcher(readme);
    assertThat(block.find()).as("block %s of '%s' in README", language, name).isTrue();
    return block.group(1);
  }

  /** What stays when numbers, sizes, names of boxes and hosts are taken out. */
  private static String shape(String text) {
    return text.replaceAll("oom4j-[0-9]+-[0-9a-f]{16}", "BOX")
        .replaceAll("/[A-Za-z0-9_./-]+/BOX", "/BOX")
        .replaceAll(" at /[^ \n]+", " at DIR")
        .replaceAll("-?[0-9]+([.][0-9]+)?(kB|[BKMGT]i?)?(?![A-Za-z])", "#")
        .replaceAll("\\b(HEURISTIC|ALWAYS|NEVER)\\b", "MODE")
        .replaceAll(" +", " ")
        .strip();
  }
}
