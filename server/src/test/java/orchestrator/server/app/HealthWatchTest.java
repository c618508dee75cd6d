package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import orchestrator.server.app.SelfHealth.Limits;
import orchestrator.server.engine.Group;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HealthWatchTest {
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(300));

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicReference<Optional<String>> failure = new AtomicReference<>(Optional.empty());
  private final List<Integer> left = new ArrayList<>();
  private final StandInGroup group = new StandInGroup();

  @Test
  void leaderWhoseBackendFailsHandsOverOnceAndLeavesLater() {
    HealthWatch watch = watch(Optional.of(group));
    group.leads(true).inQuorum(true);
    failure.set(Optional.of("gone"));
    look(watch, 4);
    assertThat(group.stepDowns()).isZero();
    look(watch, 3);
    Awaitility.await().until(() -> group.stepDowns() == 1);
    look(watch, 20);
    assertThat(group.stepDowns()).isEqualTo(1);
    assertThat(left).isEmpty();
    look(watch, 10);
    assertThat(left).first().isEqualTo(ExitCodes.BACKEND_GONE);
  }

  @Test
  void followerWhoseBackendFailsHasNothingToHandOver() {
    HealthWatch watch = watch(Optional.of(group));
    group.leads(false).inQuorum(true);
    failure.set(Optional.of("gone"));
    look(watch, 20);
    assertThat(group.stepDowns()).isZero();
  }

  @Test
  void nodeThatStandsAloneLeavesWhenItsBackendFails() {
    HealthWatch watch = watch(Optional.empty());
    failure.set(Optional.of("gone"));
    look(watch, 31);
    assertThat(left).containsOnly(ExitCodes.BACKEND_GONE);
  }

  @Test
  void memberWithoutAQuorumSinceItsStartLeaves() {
    HealthWatch watch = watch(Optional.of(group));
    group.leads(false).inQuorum(false);
    look(watch, 301);
    assertThat(left).containsOnly(ExitCodes.NEVER_JOINED);
  }

  @Test
  void nodeThatWaitsToBeAddedDoesNotLeave() {
    HealthWatch watch = watch(Optional.of(group));
    group.leads(false).inQuorum(false).member(false);
    look(watch, 1000);
    assertThat(left).isEmpty();
  }

  private HealthWatch watch(Optional<Group> of) {
    return new HealthWatch(
        LIMITS, failure::get, of, nanos::get, (exitCode, message) -> left.add(exitCode));
  }

  private void look(HealthWatch watch, int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      watch.look();
    }
  }
}
