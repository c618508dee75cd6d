package orchestrator.core.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.Reacting.Looker;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;

/**
 * A failure is reacted to by who leads, when it has looked for long enough; else it is said why.
 */
class ReactingTest {
  private static final Instant NOW = TopologyBuilder.NOW;
  private static final Looker LEADER =
      new Looker(true, NOW, Optional.of(NOW.minus(Reacting.STEADY)), NOW);

  private static final TopologyBuilder DEAD =
      TopologyBuilder.masterWithReplicas(2)
          .with("m", InstanceBuilder::unreachable)
          .withReplicasOf("m", InstanceBuilder::failingToConnect);

  private static Diagnosis diagnosis(TopologyBuilder servers, ReplicatedState state) {
    return Analysis.diagnose(
            TopologyBuilder.key("m"),
            servers.build(),
            state,
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            NOW)
        .orElseThrow();
  }

  private static Diagnosis dead() {
    return diagnosis(DEAD, ReplicatedState.EMPTY);
  }

  private static List<String> unmet(Diagnosis diagnosis, Looker looker) {
    return Reacting.conditions(diagnosis, looker).stream()
        .filter(condition -> !condition.met())
        .map(condition -> condition.name() + ": " + condition.explanation().get())
        .toList();
  }

  @Test
  void leaderReactsToADeadMaster() {
    assertThat(Reacting.mayReact(dead(), LEADER)).isTrue();
    assertThat(unmet(dead(), LEADER)).isEmpty();
  }

  @Test
  void followerDoesNot() {
    assertThat(unmet(dead(), new Looker(false, NOW, Optional.of(NOW), NOW)))
        .containsExactly("leader: this manager does not lead");
  }

  @Test
  void whoHasJustStartedWaitsForItsPicture() {
    Instant later = NOW.plusSeconds(15);
    assertThat(unmet(dead(), new Looker(true, later, Optional.of(NOW), NOW)))
        .singleElement()
        .asString()
        .contains("start delay", later.toString());
  }

  @Test
  void verdictThatDoesNotSayDeadMustStand() {
    Diagnosis unreachable =
        diagnosis(
            TopologyBuilder.masterWithReplicas(2).with("m", InstanceBuilder::unreachable),
            ReplicatedState.EMPTY);
    assertThat(unreachable.code()).isEqualTo(AnalysisCode.UNREACHABLE_MASTER);
    Duration little = Reacting.STEADY.minusMillis(1);
    Looker soon = new Looker(true, NOW, Optional.of(NOW.minus(little)), NOW);
    assertThat(unmet(unreachable, soon)).singleElement().asString().startsWith("steady");
    Looker later = new Looker(true, NOW, Optional.of(NOW.minus(Reacting.STEADY)), NOW);
    assertThat(Reacting.mayReact(unreachable, later)).isTrue();
  }

  @Test
  void downtimeIsToldWithItsReason() {
    Diagnosis downtimed = diagnosis(DEAD, new States().downtime("m").build());
    assertThat(unmet(downtimed, LEADER))
        .singleElement()
        .asString()
        .contains("not in downtime", "tester", "test");
  }

  @Test
  void healthyServerIsNoFailure() {
    Diagnosis healthy = diagnosis(TopologyBuilder.masterWithReplicas(2), ReplicatedState.EMPTY);
    assertThat(unmet(healthy, LEADER))
        .containsExactly("failure: the server is not found to have failed");
  }

  @Test
  void serverThatIsLeftOutIsSaidToBeSo() {
    ReplicatedState state = new States().maintenance("m").build();
    assertThat(Analysis.hiddenBy(TopologyBuilder.key("m"), state, AnalysisPolicy.DEFAULT, NOW))
        .hasValueSatisfying(why -> assertThat(why).contains("maintenance", "tester"));
    assertThat(Analysis.hiddenBy(TopologyBuilder.key("r1"), state, AnalysisPolicy.DEFAULT, NOW))
        .isEmpty();
  }
}
