package io.github.oom4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One process killed by the kernel's OOM killer, as the kernel's log tells it: the {@code Killed
 * process} line, and what the report before it said, where there was one (the kernel prints at most
 * ten reports in five seconds; beyond that, only kill lines).
 *
 * <p>Immutable and thread-safe. Whatever the log did not say is empty. Source: {@code
 * mm/oom_kill.c} and {@code mm/memcontrol.c} of the kernel, 5.4 to 7.3.
 *
 * @param sequence the record's sequence number in {@code /dev/kmsg}; empty for text logs
 * @param sinceBoot time of the kill line on the kernel's printk clock, which starts at boot
 * @param wallClock time of the kill line as wall clock, where the log tells it
 * @param constraint what limited the allocation
 * @param victim the process that was killed
 * @param oomCgroup {@code oom_memcg}: the cgroup at its limit, from the root of the hierarchy
 * @param victimCgroup {@code task_memcg}: the victim's cgroup, from the root of the hierarchy
 * @param candidates mostly empty. If hostile names allow several readings of the report, all of
 *     them; what they do not agree on is empty in {@code oomCgroup} and {@code victimCgroup}
 * @param group the group it died in, by {@code memory.oom.group}; empty if it was killed alone, or
 *     if the log told the group only after this event was delivered
 * @param report what was printed before the kill line; the members of a group share it
 * @param killLine the kernel's own line about this kill, without log prefix
 * @param truncated whether records of the report were lost or cut, so that parts may be missing
 * @param trusted whether the record came from the kernel for sure (facility 0 of {@code
 *     /dev/kmsg}); text logs can be forged
 */
public record OomKillEvent(
    OptionalLong sequence,
    Optional<Duration> sinceBoot,
    Optional<Instant> wallClock,
    Optional<OomConstraint> constraint,
    Victim victim,
    Optional<String> oomCgroup,
    Optional<String> victimCgroup,
    List<CgroupCandidate> candidates,
    Optional<Group> group,
    OomReport report,
    String killLine,
    boolean truncated,
    boolean trusted)
    implements OomLogEvent {

  /**
   * Copies what is mutable.
   *
   * @param sequence the component of that name
   * @param sinceBoot the component of that name
   * @param wallClock the component of that name
   * @param constraint the component of that name
   * @param victim the component of that name
   * @param oomCgroup the component of that name
   * @param victimCgroup the component of that name
   * @param candidates the component of that name
   * @param group the component of that name
   * @param report the component of that name
   * @param killLine the component of that name
   * @param truncated the component of that name
   * @param trusted the component of that name
   */
  public OomKillEvent {
    candidates = List.copyOf(candidates);
  }

  /**
   * The allocation that could not be satisfied.
   *
   * @return that of the {@link #report()}
   */
  public Optional<Trigger> trigger() {
    return report.trigger();
  }

  /**
   * The processes the kernel chose from, in the order of its task dump.
   *
   * @return those of the {@link #report()}
   */
  public List<Task> tasks() {
    return report.tasks();
  }

  /**
   * What the report said about memory.
   *
   * @return that of the {@link #report()}
   */
  public MemoryReport memory() {
    return report.memory();
  }

  /**
   * Whether it died as one of a group, by {@code memory.oom.group}.
   *
   * @return whether there is a {@link #group()}
   */
  public boolean groupKill() {
    return group.isPresent();
  }

  /**
   * Whether names in the report can be read in several ways, which nothing in it tells apart.
   *
   * @return whether there are {@link #candidates()}
   */
  public boolean ambiguous() {
    return !candidates.isEmpty();
  }

  /**
   * Tells the kill in a few sentences of plain English: who was killed, which limit was hit, who
   * asked for memory, why that process was chosen, what memory consisted of, and what to look at.
   *
   * @return one line of text
   */
  @Override
  public String explain() {
    return explanation().text();
  }

  /**
   * The same by topic.
   *
   * @return what {@link #explain()} says, in parts
   */
  public KillExplanation explanation() {
    return KillExplanation.of(this);
  }

  /**
   * The process that was killed. Sizes are those of the moment of the kill.
   *
   * @param pid its PID in the initial PID namespace
   * @param comm its command name, at most 15 bytes, which it may have chosen itself
   * @param totalVm {@code total-vm}: its whole virtual memory
   * @param anonRss {@code anon-rss}: its anonymous memory in RAM
   * @param fileRss {@code file-rss}: its file mappings in RAM
   * @param shmemRss {@code shmem-rss}: its shared memory in RAM; since 4.5
   * @param uid {@code UID}: the owner; since 5.4
   * @param pgtables {@code pgtables}: memory of its page tables; since 5.4
   * @param oomScoreAdj {@code oom_score_adj}: -1000 to 1000; since 5.4
   * @param score the {@code score} of its badness; printed up to 5.0
   */
  public record Victim(
      long pid,
      String comm,
      Optional<ByteSize> totalVm,
      Optional<ByteSize> anonRss,
      Optional<ByteSize> fileRss,
      Optional<ByteSize> shmemRss,
      OptionalLong uid,
      Optional<ByteSize> pgtables,
      OptionalInt oomScoreAdj,
      OptionalLong score) {}

  /**
   * A way to read the cgroups of an ambiguous report.
   *
   * @param oomCgroup the cgroup at its limit; empty if that reading has none
   * @param victimCgroup the victim's cgroup; empty if that reading has none
   */
  public record CgroupCandidate(Optional<String> oomCgroup, Optional<String> victimCgroup) {}

  /**
   * A cgroup that was killed as a whole: {@code Tasks in <cgroup> are going to be killed due to
   * memory.oom.group set}, since 4.19. Equal for all its members.
   *
   * @param cgroup the cgroup, from the root of the hierarchy
   * @param sequence that line's sequence number in {@code /dev/kmsg}
   * @param sinceBoot that line's time
   */
  public record Group(String cgroup, OptionalLong sequence, Optional<Duration> sinceBoot) {}

  /**
   * The allocation that invoked the OOM killer; not necessarily the victim's.
   *
   * @param comm command name of the allocating task
   * @param pid its PID, from the {@code CPU:} line
   * @param uid its effective user, from the {@code CPU:} line; since 6.11
   * @param gfpMask {@code gfp_mask} as printed, such as {@code 0xcc0}
   * @param gfpFlags the names the kernel gives it, such as {@code GFP_KERNEL}; since 4.6
   * @param order {@code order}: 2<sup>order</sup> pages in a row were asked for; -1 is sysrq-f
   * @param oomScoreAdj the allocating task's {@code oom_score_adj}
   * @param cpu the CPU it ran on
   * @param kernel the kernel release and build, as the {@code CPU:} line prints them
   * @param taint {@code Not tainted} or {@code Tainted: } and its letters
   * @param hardware the {@code Hardware name:}
   */
  public record Trigger(
      String comm,
      OptionalLong pid,
      OptionalLong uid,
      String gfpMask,
      List<String> gfpFlags,
      int order,
      OptionalInt oomScoreAdj,
      OptionalInt cpu,
      Optional<String> kernel,
      Optional<String> taint,
      Optional<String> hardware) {

    /**
     * Copies what is mutable.
     *
     * @param comm the component of that name
     * @param pid the component of that name
     * @param uid the component of that name
     * @param gfpMask the component of that name
     * @param gfpFlags the component of that name
     * @param order the component of that name
     * @param oomScoreAdj the component of that name
     * @param cpu the component of that name
     * @param kernel the component of that name
     * @param taint the component of that name
     * @param hardware the component of that name
     */
    public Trigger {
      gfpFlags = List.copyOf(gfpFlags);
    }
  }

  /**
   * One row of the task dump. What the kernel printed in pages is a size here, by {@link
   * OomReport#pageSize()}.
   *
   * @param pid the PID
   * @param tgid the thread group's id
   * @param uid the owner
   * @param totalVm {@code total_vm}
   * @param rss {@code rss}
   * @param rssAnon {@code rss_anon}; since 6.8
   * @param rssFile {@code rss_file}; since 6.8
   * @param rssShmem {@code rss_shmem}; since 6.8
   * @param pgtables {@code pgtables_bytes}; before 4.15 the sum of {@code nr_ptes}, {@code nr_pmds}
   *     and {@code nr_puds}, as far as printed
   * @param swapents {@code swapents}
   * @param oomScoreAdj {@code oom_score_adj}
   * @param comm the command name
   */
  public record Task(
      long pid,
      long tgid,
      long uid,
      ByteSize totalVm,
      ByteSize rss,
      Optional<ByteSize> rssAnon,
      Optional<ByteSize> rssFile,
      Optional<ByteSize> rssShmem,
      Optional<ByteSize> pgtables,
      Optional<ByteSize> swapents,
      OptionalInt oomScoreAdj,
      String comm) {}
}
