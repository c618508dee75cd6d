package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** {@code m}, below which {@code r} is, was tried by a recovery of another server, and given up. */
class GivenUpServerTest {
  private static final InstanceKey TRIED = TopologyBuilder.key("m");

  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.readOnly().oracleGtid("").unreachable())
          .with("r", r -> r.replicatesFrom("m").readOnly().failingToConnect().oracleGtid(""));

  private String refusal(String analysis, RecoveryOrigin origin) {
    var state =
        new States().keptReadOnly(new KeptReadOnly(TRIED, "7", TopologyBuilder.NOW)).build();
    Stage stage = new Stage(servers, "m", analysis, RecoveryPolicy.DEFAULT, origin, state);
    return RecoveryGates.refusal(
        RecoveryGates.of(stage.circumstances, origin, state, TopologyBuilder.NOW));
  }

  @Test
  void itIsNoMasterWhenItDies() {
    assertThat(refusal("DeadMaster", RecoveryOrigin.AUTOMATIC)).contains("Recovery 7", "no master");
  }

  @Test
  void aPersonKnowsBetter() {
    assertThat(refusal("DeadMaster", new RecoveryOrigin(false, "recover", Optional.empty(), false)))
        .doesNotContain("no master");
  }

  @Test
  void oneThatTookWritesIsAMaster() {
    servers.with("m", InstanceBuilder::writable);
    assertThat(refusal("DeadMaster", RecoveryOrigin.AUTOMATIC)).doesNotContain("no master");
  }

  @Test
  void oneThatBecameAnIntermediateMasterIsNothingSpecial() {
    assertThat(refusal("DeadIntermediateMaster", RecoveryOrigin.AUTOMATIC))
        .doesNotContain("no master");
  }

  /**
   * A failover of {@code old} let {@code r} fetch from {@code m}, which is below it, and failed.
   *
   * @param promoted whom it promoted
   */
  private String refusalInRing(Optional<String> promoted) {
    servers
        .with("m", m -> m.replicatesFrom("r").failingToConnect())
        .with("r", r -> r.replicatesFrom("m").failingToConnect());
    TicketBuilder failover =
        TicketBuilder.of("7", TopologyBuilder.key("old")).replicas(TopologyBuilder.key("r"));
    var open = new Command.OpenRecovery(failover.build());
    List<JournalEntry> entries = new ArrayList<>();
    promoted
        .map(TopologyBuilder::key)
        .ifPresent(key -> {
          entries.add(new JournalEntry.PromotionIntended(key));
          entries.add(new JournalEntry.Promoted(key, "", Optional.empty()));
        });
    entries.add(new JournalEntry.Closed(promoted.isPresent(), List.of()));
    var state =
        StateMachine.applyAll(
                ReplicatedState.EMPTY,
                List.of(open, new Command.Journal("7", entries, TopologyBuilder.NOW)),
                LogPosition.NONE)
            .next();
    Stage stage =
        new Stage(
            servers, "m", "DeadCoMaster", RecoveryPolicy.DEFAULT, RecoveryOrigin.AUTOMATIC, state);
    return RecoveryGates.refusal(
        RecoveryGates.of(
            stage.circumstances, RecoveryOrigin.AUTOMATIC, state, TopologyBuilder.NOW));
  }

  @Test
  void aRingThatAFailedFailoverLeftHasNoMaster() {
    assertThat(refusalInRing(Optional.empty())).contains("recovery 7", "ring", "old:3306");
  }

  @Test
  void coMastersOfWhichOneTakesWritesAreNoSuchRing() {
    servers.with("m", InstanceBuilder::writable);
    assertThat(refusalInRing(Optional.empty())).doesNotContain("ring");
  }

  @Test
  void coMastersThatAFailoverMadeAreNoSuchRing() {
    assertThat(refusalInRing(Optional.of("r"))).doesNotContain("ring");
  }
}
