package io.github.oom4j;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An OOM kill in plain English, by topic: one or two sentences each. What the log does not say is
 * left out, never guessed. Immutable.
 *
 * @param victim who was killed, and how large it was
 * @param limit which limit was hit, or that the log does not say
 * @param request who asked for memory, for what, and how much in one block
 * @param choice why that process: its share of the badness of those in the task dump
 * @param memory what memory consisted of
 * @param fragmentation whether free memory lay in blocks that were too small; only where more than
 *     one page in a row was asked for
 * @param next what to look at next
 */
public record KillExplanation(
    String victim,
    String limit,
    Optional<String> request,
    Optional<String> choice,
    Optional<String> memory,
    Optional<String> fragmentation,
    String next) {

  static KillExplanation of(OomKillEvent kill) {
    return new KillExplanation(
        KillStory.victim(kill),
        LimitHitStory.of(kill),
        KillStory.request(kill),
        ChoiceStory.of(kill),
        MemoryStory.of(kill),
        MemoryStory.fragmentation(kill),
        NextStory.of(kill));
  }

  /**
   * All of it, in the order of the topics.
   *
   * @return one line of text
   */
  public String text() {
    return Stream.of(
            Optional.of(victim),
            Optional.of(limit),
            request,
            choice,
            memory,
            fragmentation,
            Optional.of(next))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }
}
