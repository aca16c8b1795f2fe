package io.github.oom4j.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.oom4j.cgroup.Capabilities.Feature;
import io.github.oom4j.guest.Need;
import io.github.oom4j.guest.Needs;
import org.junit.jupiter.api.Test;

/** What the probe finds is what the machine has, as far as the tests know it by other means. */
@Needs(Need.LINUX)
class CapabilitiesIT {

  private final Capabilities here = Capabilities.probe();

  @Test
  void agreesWithTheProbesOfTheTests() {
    assertThat(here.has(Feature.MEMORY)).isTrue();
    assertThat(here.has(Feature.RANKING)).isTrue();
    assertThat(here.has(Feature.PROTECT)).isEqualTo(met(Need.CAP_SYS_RESOURCE));
    assertThat(here.has(Feature.CGROUP_V1)).isEqualTo(met(Need.CGROUP_V1) && met(Need.ROOT));
    assertThat(here.has(Feature.SYSTEMD))
        .isEqualTo(met(Need.SYSTEMD_SYSTEM_BUS) && met(Need.ROOT) && met(Need.CGROUP_V2));
  }

  /** What a user may do there depends on the kernel. */
  @Test
  @Needs(Need.ROOT)
  void rootMayBeCalledOnPressureWhereThereIsPsi() {
    assertThat(here.has(Feature.PRESSURE)).isEqualTo(met(Need.PSI));
  }

  @Test
  void aBackendWorksIfAndOnlyIfTheDetectionWouldTakeIt() {
    assertThat(Boxes.backends().map(ScopeBackend::toString))
        .allSatisfy(name -> assertThat(here.toTable()).containsPattern("(?m)^yes +" + name + " "));
  }

  @Test
  void everyObstacleIsTold() {
    for (Feature feature : Feature.values()) {
      assertThat(here.obstacle(feature).isEmpty()).isEqualTo(here.has(feature));
      here.obstacle(feature).ifPresent(why -> assertThat(here.toTable()).contains(why));
    }
    assertThat(here.toTable().lines()).hasSize(Feature.values().length);
  }

  private static boolean met(Need need) {
    return need.missing().isEmpty();
  }
}
