package io.github.oom4j.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class NeedsConditionTest {

  @AfterEach
  void promiseNothing() {
    System.clearProperty(Guest.PROVIDES);
  }

  @Test
  void aMissingNeedSkipsAndTheReasonSaysWhatIsMissing() {
    Listener listener = run(NeverBoth.class);

    assertThat(listener.skipped).hasSize(1);
    assertThat(listener.skipped.get(0)).containsAnyOf("ROOT:", "UNPRIVILEGED:").contains("uid");
  }

  @Test
  void whatAGuestPromisedAndLacksIsAFailure() {
    System.setProperty(Guest.PROVIDES, "ROOT,UNPRIVILEGED");

    Listener listener = run(NeverBoth.class);

    assertThat(listener.failed).hasSize(1);
    assertThat(listener.failed.get(0)).contains("this guest is there to provide");
  }

  @Test
  void aMetNeedRuns() {
    assertThat(run(Nothing.class).passed).containsExactly("runs()");
  }

  private static Listener run(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(tests))
            .build();
    Listener listener = new Listener();
    LauncherFactory.create().execute(request, listener);
    return listener;
  }

  @Needs({Need.ROOT, Need.UNPRIVILEGED})
  static class NeverBoth {
    @Test
    void runs() {}
  }

  @Needs({})
  static class Nothing {
    @Test
    void runs() {}
  }

  private static final class Listener implements TestExecutionListener {
    final List<String> skipped = new ArrayList<>();
    final List<String> failed = new ArrayList<>();
    final List<String> passed = new ArrayList<>();

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      skipped.add(reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      result
          .getThrowable()
          .ifPresent(t -> failed.add(String.valueOf(t.getMessage()) + t.getCause()));
      if (test.isTest() && result.getThrowable().isEmpty()) {
        passed.add(test.getDisplayName());
      }
    }
  }
}
