package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/**
 * The server that was chosen crashes before it is writable, and comes back without its last
 * transactions ({@code sync_binlog} is not 1); the others have them.
 */
class ForgetfulServerTest {
  private static final String UUID = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));
  private static final String ALL = UUID + ":1-100";
  private static final String LESS = UUID + ":1-90";
  private static final InstanceKey R1 = TopologyBuilder.key("r1");

  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.unreachable().oracleGtid(ALL))
          .withReplicasOf("m", r -> r.failingToConnect().oracleGtid(ALL));

  private Stage stage() {
    return new Stage(servers, RecoveryPolicy.DEFAULT, RecoveryOrigin.AUTOMATIC);
  }

  /** As it was left by a manager that died after it had committed to promoting {@code r1}. */
  private Stage intended() {
    Stage stage = stage();
    stage.ticket =
        stage
            .ticket
            .with(new JournalEntry.ExecutedTaken(R1, OracleGtidSet.parse(ALL)), TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW);
    return stage;
  }

  private static void assertAnotherIsPromoted(Stage stage) {
    assertThat(stage.journal()).anyMatch(JournalEntry.PromotionAbandoned.class::isInstance);
    assertThat(stage.ticket.errors()).isEmpty();
    assertThat(stage.writable()).hasSize(1).doesNotContain(R1);
    assertThat(stage.ticket.loss().knownMissing()).hasToString("Optional[]");
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(1);
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.LOST))
        .as("it was taken from its source before")
        .containsExactly(R1);
  }

  @Test
  void whatItHadIsRecordedBeforeItIsPromoted() {
    assertThat(stage().start().journal())
        .containsSubsequence(
            new JournalEntry.ExecutedTaken(R1, OracleGtidSet.parse(ALL)),
            new JournalEntry.PromotionIntended(R1));
  }

  @Test
  void itIsNotMadeWritableByTheNextManagerBeforeItHasThemAgain() {
    Stage stage = intended().change("r1", r1 -> r1.oracleGtid(LESS)).resume();
    assertAnotherIsPromoted(stage);
  }

  @Test
  void norByTheManagerThatChoseIt() {
    Stage stage = stage();
    stage
        .answering(
            Effect.Perform.class,
            e -> {
              boolean first = stage.server("r1").gtid().executed().toString().contains(ALL);
              boolean resets =
                  ((Effect.Perform) e).action() instanceof ServerAction.ResetReplication;
              if (!first || !resets) {
                return Optional.empty();
              }
              stage.change("r1", r1 -> r1.oracleGtid(LESS));
              return Optional.of(
                  new Event.ActionFinished(e.id(), new ActionOutcome.Unknown("it crashed")));
            })
        .start();
    assertAnotherIsPromoted(stage);
  }

  @Test
  void norWhenItCrashesWhileSemiSynchronousReplicationIsSwitchedOn() {
    servers.with("r1", InstanceBuilder::semiSyncReplica);
    Stage stage = stage();
    stage
        .answering(
            Effect.Perform.class,
            e -> {
              boolean first = stage.server("r1").gtid().executed().toString().contains(ALL);
              boolean switchesOn =
                  ((Effect.Perform) e).action() instanceof ServerAction.SetSemiSyncMaster;
              if (!first || !switchesOn) {
                return Optional.empty();
              }
              stage.change("r1", r1 -> r1.oracleGtid(LESS));
              return Optional.of(
                  new Event.ActionFinished(e.id(), new ActionOutcome.Unknown("it crashed")));
            })
        .start();
    assertAnotherIsPromoted(stage);
  }

  @Test
  void whereNobodyHasThemItIsPromotedAllTheSame() {
    servers.withReplicasOf("m", r -> r.oracleGtid(LESS));
    Stage stage = intended().resume();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.loss().knownMissing()).hasToString("Optional[" + UUID + ":91-100]");
  }

  @Test
  void oneThatHasAllThatItHadIsPromotedAtOnce() {
    Stage stage = intended().resume();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.journal()).noneMatch(JournalEntry.PromotionAbandoned.class::isInstance);
  }
}
