package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.SemiSync;
import org.junit.jupiter.api.Test;

/** Server {@code old} was a master, and is about to replicate from {@code m}. */
class SemiSyncGuardTest {
  private boolean exact;
  private boolean locked;
  private ReplicatedState state = ReplicatedState.EMPTY;
  private final TopologyBuilder servers = new TopologyBuilder();

  private SemiSyncGuardTest() {
    servers.with("m", m -> m.semiSyncMaster(true, 1, 0));
    old(5, false);
  }

  private void old(int priority, boolean on) {
    servers.with("old", s -> s.readOnly().semiSync(replicaSide(priority, on)));
  }

  private void acknowledging(String name, int priority) {
    servers.with(name, s -> s.replicatesFrom("m").readOnly().semiSync(replicaSide(priority, true)));
  }

  private static SemiSync replicaSide(int priority, boolean on) {
    return new SemiSync(true, priority, false, false, false, on, 10_000, 1, false, 0, on);
  }

  private Optional<Boolean> acknowledges() {
    RecoveryPolicy.Replicas policy =
        new RecoveryPolicy.Replicas(true, Duration.ZERO, 5, exact, locked);
    return new SemiSyncGuard(policy)
        .acknowledges(
            servers.server("old").build(),
            TopologyBuilder.key("m"),
            servers.build(),
            state,
            TopologyBuilder.NOW);
  }

  @Test
  void whoHasAPriorityDoes() {
    assertThat(acknowledges()).contains(true);
  }

  @Test
  void butNotOneThatMustNotBePromoted() {
    state = new States().candidate("old", PromotionRule.MUST_NOT).build();
    assertThat(acknowledges()).contains(false);
  }

  @Test
  void whoHasNoneIsLeftAsItIs() {
    old(0, true);
    assertThat(acknowledges()).isEmpty();
  }

  @Test
  void whoHasNoSuchReplicationIsLeftAlone() {
    servers.with("old", s -> s.semiSync(SemiSync.NONE));
    assertThat(acknowledges()).isEmpty();
  }

  @Test
  void exactlyAsManyAsTheSourceWaitsFor() {
    exact = true;
    assertThat(acknowledges()).contains(true);
    acknowledging("other", 9);
    assertThat(acknowledges()).as("one with a higher priority does").isEmpty();
    old(5, true);
    assertThat(acknowledges()).contains(false);
    old(0, true);
    assertThat(acknowledges()).contains(false);
  }

  @Test
  void atLeastAsManyAsTheSourceWaitsFor() {
    locked = true;
    assertThat(acknowledges()).contains(true);
    servers.with("m", m -> m.semiSyncMaster(true, 1, 1));
    assertThat(acknowledges()).as("it has one already").isEmpty();
  }

  @Test
  void ofASourceThatDoesNotAnswerNothingIsKnown() {
    exact = true;
    servers.with("m", InstanceBuilder::unreachable);
    assertThat(acknowledges()).isEmpty();
  }
}
