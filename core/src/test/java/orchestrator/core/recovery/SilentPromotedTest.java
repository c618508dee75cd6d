package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ServerAction.ChangeSource;
import orchestrator.core.relocation.ServerAction.DetachSource;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** Another manager takes up a recovery, and the server that was promoted does not answer. */
class SilentPromotedTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final String EXECUTED = InstanceBuilder.uuidOf(MASTER) + ":1-100";

  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.oracleGtid(EXECUTED).unreachable())
          .withReplicasOf("m", r -> r.oracleGtid(EXECUTED).failingToConnect());

  /** As it was left by a manager that died right after the promotion was recorded. */
  private Stage stage(boolean executedIsKnown) {
    Stage stage = new Stage(servers, RecoveryPolicy.DEFAULT, RecoveryOrigin.AUTOMATIC);
    LossReport loss =
        new LossReport(
            Optional.empty(),
            Optional.empty(),
            executedIsKnown ? Optional.of(OracleGtidSet.parse(EXECUTED)) : Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    stage.ticket =
        stage
            .ticket
            .with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW)
            .with(new JournalEntry.Promoted(R1, "", Optional.empty()), TopologyBuilder.NOW)
            .with(
                new JournalEntry.ReplicaSettled(
                    R1, new ReplicaFate(ReplicaFate.Kind.PROMOTED, "it is the new master")),
                TopologyBuilder.NOW)
            .with(new JournalEntry.LossAssessed(loss), TopologyBuilder.NOW)
            .with(new JournalEntry.Published(R1), TopologyBuilder.NOW);
    return stage;
  }

  @Test
  void itIsWaitedForAndNothingIsLostWhenItAnswersAgain() {
    Stage stage = stage(true);
    stage.answering(
        Effect.Probe.class,
        e ->
            ((Effect.Probe) e).key().equals(R1)
                    && stage.now.isBefore(TopologyBuilder.NOW.plusSeconds(5))
                ? Optional.of(new Event.ProbeFailed(e.id(), "silent"))
                : Optional.empty());
    stage.resume();
    assertThat(stage.ticket.errors()).isEmpty();
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
  }

  @Test
  void otherwiseItsReplicasAreBelowItForTheNextFailoverAndNoneIsLost() {
    Stage stage = stage(true).silent("r1").resume();
    assertThat(stage.actions())
        .contains(new ChangeSource(R2, R1, new SourcePosition.OracleAuto(), true));
    assertNobodyIsLost(stage);
    assertThat(stage.ticket.errors()).singleElement().asString().contains("does not answer now");
    assertThat(Duration.between(TopologyBuilder.NOW, stage.now)).isLessThan(Duration.ofSeconds(30));
  }

  private static void assertNobodyIsLost(Stage stage) {
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.LOST)).isEmpty();
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.UNREACHABLE)).hasSize(2);
    assertThat(stage.actions()).noneMatch(DetachSource.class::isInstance);
    assertThat(stage.commands())
        .noneMatch(
            c -> c instanceof Command.BeginDowntime down && down.downtime().key().equals(R2));
  }

  @Test
  void aReplicaIsLeftAloneWhenItIsNotKnownWhatThePromotedServerHas() {
    Stage stage = stage(false).silent("r1").resume();
    assertThat(stage.actions()).noneMatch(ChangeSource.class::isInstance);
    assertNobodyIsLost(stage);
  }

  @Test
  void aReplicaThatHasMoreThanThePromotedServerHadIsLostAllTheSame() {
    servers.with("r3", r -> r.oracleGtid(InstanceBuilder.uuidOf(MASTER) + ":1-101"));
    Stage stage = stage(true).silent("r1").resume();
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.LOST))
        .containsExactly(TopologyBuilder.key("r3"));
  }
}
