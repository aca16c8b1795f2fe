package io.github.oom4j.kmsg;

import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillEvent.Group;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A log captured on a real kernel, in src/test/resources/golden, and what grep would say of it. */
record GoldenLog(Path path) {

  private static final Path FOLDER = Path.of("src/test/resources/golden");

  private static final Pattern KILL =
      Pattern.compile(
          "Killed process (\\d+) \\((.{0,60}?)\\) total-vm:(\\d+)kB, anon-rss:(\\d+)kB,"
              + " file-rss:(\\d+)kB, shmem-rss:(\\d+)kB, UID:(\\d+) pgtables:(\\d+)kB"
              + " oom_score_adj:(-?\\d+)\n",
          Pattern.DOTALL);

  static GoldenLog of(String name) {
    return new GoldenLog(FOLDER.resolve(name));
  }

  static Stream<GoldenLog> all(String extension) {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith("." + extension))
          .sorted()
          .map(GoldenLog::new)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GoldenLog in(String extension) {
    String name = path.toString();
    return new GoldenLog(Path.of(name.substring(0, name.lastIndexOf('.') + 1) + extension));
  }

  byte[] bytes() {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  List<OomKillEvent> kills() {
    try (Stream<OomKillEvent> kills = KernelLog.parse(path)) {
      return kills.toList();
    }
  }

  /** The records, fed to a parser as read(2) would return them. */
  List<OomKillEvent> killsAsRecords() {
    OomKillParser parser = new OomKillParser();
    List<OomKillEvent> kills = new ArrayList<>();
    for (String record : text().split("(?<=\n)", -1)) {
      byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
      kills.addAll(parser.accept(bytes, 0, bytes.length));
    }
    kills.addAll(parser.flush());
    return kills;
  }

  /** The numbers of each kill line, found independently; the doubled lines of groups once. */
  List<List<Long>> numbers() {
    List<List<Long>> found = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    Matcher matcher = KILL.matcher(text());
    while (matcher.find()) {
      boolean repeated =
          lines.stream().skip(Math.max(0, lines.size() - 8)).anyMatch(matcher.group()::equals);
      lines.add(matcher.group());
      if (!repeated) {
        List<Long> numbers = new ArrayList<>();
        for (int group : new int[] {1, 3, 4, 5, 6, 7, 8, 9}) {
          numbers.add(Long.parseLong(matcher.group(group)));
        }
        found.add(numbers);
      }
    }
    return found;
  }

  static List<Long> numbers(OomKillEvent kill) {
    OomKillEvent.Victim victim = kill.victim();
    return List.of(
        victim.pid(),
        victim.totalVm().orElseThrow().toKibibytes(),
        victim.anonRss().orElseThrow().toKibibytes(),
        victim.fileRss().orElseThrow().toKibibytes(),
        victim.shmemRss().orElseThrow().toKibibytes(),
        victim.uid().orElseThrow(),
        victim.pgtables().orElseThrow().toKibibytes(),
        (long) victim.oomScoreAdj().orElseThrow());
  }

  /** The event without what depends on the format of the log. */
  static OomKillEvent apartFromSource(OomKillEvent kill) {
    return new OomKillEvent(
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        kill.constraint(),
        kill.victim(),
        kill.oomCgroup(),
        kill.victimCgroup(),
        kill.candidates(),
        kill.group().map(g -> new Group(g.cgroup(), OptionalLong.empty(), Optional.empty())),
        kill.report(),
        kill.killLine(),
        kill.truncated(),
        false);
  }

  @Override
  public String toString() {
    return FOLDER.relativize(path).toString();
  }
}
