package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.DeniedException;
import io.github.oom4j.OomKillEvent;
import io.github.oom4j.OomKillSource;
import io.github.oom4j.cgroup.internal.PrintkClock;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KernelRecordsTest {

  private static final String BOX = "oom4j-1-00ff";
  private static final long PID = 42;

  private final Instant started = Instant.now();
  private final KernelRecords records = new KernelRecords(BOX, PID, started);
  private final List<String> gaps = new ArrayList<>();

  @Test
  void aRecordIsFoundByTheNameOfTheBox() {
    OomKillEvent inBox = Kills.in("/a/" + BOX, 7);
    OomKillEvent nested = Kills.in("/a/" + BOX + "/nested", 8);
    OomKillEvent top = Kills.in("/" + BOX, 9);

    assertThat(records.among(List.of(inBox, nested, top))).containsExactly(inBox, nested, top);
  }

  @Test
  void anotherBoxIsNotThisOneAlsoIfItsVictimHasThePid() {
    assertThat(
            records.among(
                List.of(
                    Kills.in("/a/" + BOX + "0", PID),
                    Kills.in("/a/x" + BOX, PID),
                    Kills.in("/", PID))))
        .isEmpty();
  }

  @Test
  void aBareLineIsFoundByThePid() {
    OomKillEvent older = Kills.bare(PID, started);
    OomKillEvent newer = Kills.bare(PID, started.plusSeconds(1));
    OomKillEvent other = Kills.bare(PID + 1, started);

    assertThat(records.among(List.of(older, newer, other))).containsExactly(newer);
  }

  @Test
  void aBareLineOfAnEarlierOwnerOfThePidIsNotTaken() {
    assertThat(records.among(List.of(Kills.bare(PID, started.minusSeconds(60))))).isEmpty();
  }

  @Test
  void aRecordOfAnEarlierBoxOfTheSameNameIsNotTaken() {
    OomKillEvent earlier = Kills.in("/a/" + BOX, PID, started.minusSeconds(60));
    OomKillEvent now = Kills.in("/a/" + BOX, PID, started);

    assertThat(records.among(List.of(earlier, now))).containsExactly(now);
  }

  @Test
  @Needs(Need.LINUX)
  void theKernelsOwnClockTellsAnEarlierOneToo() {
    Duration now = PrintkClock.now().orElseThrow();
    Duration before = now.minusSeconds(6).minus(PrintkClock.drift(now));
    OomKillEvent earlierBox = Kills.sinceBoot(Optional.of("/a/" + BOX), PID, before);
    OomKillEvent earlierOwner = Kills.sinceBoot(Optional.empty(), PID, before);
    OomKillEvent own = Kills.sinceBoot(Optional.empty(), PID, now);

    assertThat(records.among(List.of(earlierBox, earlierOwner))).isEmpty();
    assertThat(records.among(List.of(earlierBox, earlierOwner, own))).containsExactly(own);
  }

  @Test
  void aWholePathIsMoreThanItsEnd() {
    KernelRecords payload = records.in("/system.slice/a.scope/payload");
    OomKillEvent own = Kills.in("/system.slice/a.scope/payload", PID);
    OomKillEvent inContainer = Kills.in("/docker/1/system.slice/a.scope/payload/nested", PID);
    OomKillEvent other = Kills.in("/system.slice/b.scope/payload", PID);

    assertThat(payload.among(List.of(own, inContainer, other))).containsExactly(own, inContainer);
    assertThat(records.in("/../../a.scope/payload").among(List.of(own, other)))
        .containsExactly(own);
  }

  @Test
  void inAPidNamespaceABarePidIsNobodys() {
    KernelRecords nested = records.ofKernelPid(OptionalLong.empty());
    OomKillEvent inBox = Kills.in("/" + BOX, 5007);

    assertThat(nested.among(List.of(Kills.bare(PID, started), inBox))).containsExactly(inBox);
  }

  @Test
  void aWholeReportOfThePidIsPreferredToABareLine() {
    OomKillEvent whole = Kills.in("/" + BOX, PID);

    assertThat(records.among(List.of(whole, Kills.bare(PID, started)))).containsExactly(whole);
  }

  @Test
  void aRecordThatIsPrintedLateIsWaitedFor() {
    AtomicInteger asked = new AtomicInteger();
    OomKillEvent kill = Kills.in("/" + BOX, PID);
    OomKillSource source =
        () -> asked.incrementAndGet() < 4 ? List.<OomKillEvent>of() : List.of(kill);

    assertThat(records.await(source, 1, true, gaps)).containsExactly(kill);
    assertThat(asked).hasValue(4);
    assertThat(gaps).isEmpty();
  }

  @Test
  void ofTwoKillsTheOneOfTheCommandIsWaitedFor() {
    AtomicInteger asked = new AtomicInteger();
    OomKillEvent child = Kills.in("/" + BOX, PID + 1);
    OomKillEvent command = Kills.in("/" + BOX, PID);
    OomKillSource source =
        () -> asked.incrementAndGet() < 3 ? List.of(child) : List.of(child, command);

    assertThat(records.await(source, 2, true, gaps)).containsExactly(child, command);
  }

  @Test
  void aRecordThatNeverComesIsNotWaitedForForEver() {
    assertThat(records.await(List::of, 1, true, gaps)).isEmpty();
    assertThat(gaps).isEmpty();
  }

  @Test
  void anInterruptIsKeptForTheCaller() {
    Thread.currentThread().interrupt();

    assertThat(records.await(List::of, 1, true, gaps)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aLogThatMayNotBeReadIsAGap() {
    OomKillSource denied =
        () -> {
          throw new DeniedException("could not read /dev/kmsg: permission denied");
        };

    assertThat(records.await(denied, 1, true, gaps)).isEmpty();
    assertThat(gaps)
        .containsExactly("the kernel's record: could not read /dev/kmsg: permission denied");
  }
}
