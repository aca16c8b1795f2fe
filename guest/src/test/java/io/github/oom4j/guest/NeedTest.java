package io.github.oom4j.guest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NeedTest {

  @Test
  @Needs(Need.LINUX)
  void exactlyOneOfRootAndUnprivilegedIsMet() {
    assertThat(Need.ROOT.missing().isEmpty()).isNotEqualTo(Need.UNPRIVILEGED.missing().isEmpty());
  }

  @Test
  @Needs(Need.LINUX)
  void exactlyOneOfHavingAndLackingTheCapabilityIsMet() {
    assertThat(Need.CAP_SYS_RESOURCE.missing().isEmpty())
        .isNotEqualTo(Need.NO_CAP_SYS_RESOURCE.missing().isEmpty());
  }

  @Test
  void everyReasonIsAFullSentenceOfSomeKind() {
    for (Need need : Need.values()) {
      need.missing().ifPresent(reason -> assertThat(reason).as(need.name()).hasSizeGreaterThan(10));
    }
  }
}
