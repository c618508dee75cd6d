package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.recovery.RecoveryState.MoveProgress;
import orchestrator.core.recovery.RecoveryState.MoveStage;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** What one step of the control does to its own copy of the state. */
class TurnTest {
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final InstanceKey R3 = TopologyBuilder.key("r3");
  private static final String UUID = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));

  private final Stage stage =
      new Stage(
          TopologyBuilder.masterWithReplicas(3)
              .withAll(s -> s.oracleGtid(UUID + ":1-90"))
              .withReplicasOf("m", r -> r.replication(row -> row.retrieved(UUID + ":91-100"))),
          RecoveryPolicy.DEFAULT,
          RecoveryOrigin.AUTOMATIC);
  private final Turn t =
      new Turn(new RecoveryState(stage.ticket, stage.circumstances, false), stage.now);

  private void answers(InstanceKey... replicas) {
    for (InstanceKey replica : replicas) {
      t.answered(replica, stage.server(replica.hostname()));
    }
  }

  @Test
  void aMoveIsSentOnceAlthoughAnotherOneWasSettledWhileItWasSent() {
    answers(R2, R3);
    t.s.phase = Phase.SETTLING;
    t.s.candidate = Optional.of(R3);
    t.s.moves.put(R1, new MoveProgress(MoveStage.QUEUED, 0, t.now));
    t.s.moves.put(R2, new MoveProgress(MoveStage.QUEUED, 0, t.now));
    Moving.pump(t);
    assertThat(t.effects)
        .filteredOn(e ->
            e instanceof Effect.Perform perform
                && perform.action() instanceof ServerAction.ChangeSource)
        .hasSize(1);
  }

  /**
   * The servers are ordered when somebody asks: what is found out meanwhile is for the next one.
   */
  @Test
  void aChoiceIsMadeOfWhatWasKnownWhenItWasAskedFor() {
    answers(R1, R2, R3);
    var before = t.choice().considerations();
    CandidateChoice choice = t.choice();
    t.s.stuck.add(R1);
    t.s.unfeedable.add(new CandidateChoice.Feed(R2, R1));
    assertThat(choice.considerations()).isEqualTo(before);
    assertThat(t.choice().considerations()).isNotEqualTo(before);
  }
}
