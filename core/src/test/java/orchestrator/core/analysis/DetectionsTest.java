package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Detection;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;

class DetectionsTest {
  private static final Duration PERIOD = Duration.ofMinutes(60);

  private static Diagnosis diagnosis(TopologyBuilder servers) {
    return Analysis.diagnose(
            key("m"),
            servers.build(),
            new States().build(),
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            NOW)
        .orElseThrow();
  }

  private static Diagnosis dead() {
    return diagnosis(
        TopologyBuilder.masterWithReplicas(2)
            .with("m", InstanceBuilder::unreachable)
            .withReplicasOf("m", InstanceBuilder::ioThreadStopped));
  }

  private static Detection detected(Diagnosis diagnosis, boolean actionable, Instant at) {
    Detection now = Detections.of(diagnosis, actionable, "uid", "node");
    return new Detection(
        7,
        "uid",
        now.key(),
        now.analysis(),
        now.description(),
        now.clusterName(),
        now.clusterAlias(),
        now.replicas(),
        actionable,
        at,
        Optional.empty(),
        "node");
  }

  @Test
  void aFailureIsAnnouncedOnceUntilThatHasExpired() {
    Instant announced = NOW.minus(PERIOD);
    ReplicatedState said = new States().detection(detected(dead(), true, announced)).build();
    Command expire = new Command.Expire(NOW, announced.plusMillis(1), Instant.EPOCH);
    ReplicatedState expired = StateMachine.apply(said, expire, LogPosition.NONE).next();

    assertThat(Detections.isNew(dead(), true, new States().build())).isTrue();
    assertThat(Detections.isNew(dead(), true, said)).isFalse();
    assertThat(Detections.isNew(dead(), true, expired)).isTrue();
  }

  @Test
  void aFailureThatBecameActionableIsAnnouncedAgain() {
    States said = new States().detection(detected(dead(), false, NOW));

    assertThat(Detections.isNew(dead(), true, said.build())).isTrue();
    assertThat(Detections.isNew(dead(), false, said.build())).isFalse();
  }

  @Test
  void whatNobodyActsUponIsNotAnnounced() {
    Diagnosis alone = diagnosis(new TopologyBuilder().with("m", InstanceBuilder::unreachable));

    assertThat(alone.code()).isEqualTo(AnalysisCode.DEAD_MASTER_WITHOUT_REPLICAS);
    assertThat(Detections.isNew(alone, false, new States().build())).isFalse();
  }

  @Test
  void theRecordTellsWhatWasSeen() {
    Detection detection = Detections.of(dead(), true, "some-uid", "node-1");

    assertThat(detection.analysis()).isEqualTo("DeadMaster");
    assertThat(detection.description()).contains("does not answer", "2");
    assertThat(detection.replicas()).isEqualTo(List.of(key("r1"), key("r2")));
    assertThat(detection.clusterName()).isEqualTo("m:3306");
    assertThat(detection.isActive()).isTrue();
  }

  @Test
  void theChangelogTellsEveryChangeOnceAndTheReturnToHealth() {
    AnalysisChangelog.Update first = AnalysisChangelog.EMPTY.update(List.of(dead()), NOW);
    AnalysisChangelog.Update same = first.changelog().update(List.of(dead()), NOW);
    AnalysisChangelog.Update well = same.changelog().update(List.of(), NOW);

    assertThat(first.changes())
        .containsExactly(
            new AnalysisChangelog.Change(
                key("m"), AnalysisCode.NO_PROBLEM, AnalysisCode.DEAD_MASTER, NOW));
    assertThat(same.changes()).isEmpty();
    assertThat(well.changes())
        .containsExactly(
            new AnalysisChangelog.Change(
                key("m"), AnalysisCode.DEAD_MASTER, AnalysisCode.NO_PROBLEM, NOW));
  }
}
