package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** A recovery that leaves nothing to do is acknowledged at its end, where that is configured. */
class CompleteRecoveryTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT.acknowledgingComplete();
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.oracleGtid(UUID + ":1-100"))
          .withReplicasOf("m", r -> r.oracleGtid(UUID + ":1-100"));

  private Stage stage() {
    return new Stage(servers, policy, RecoveryOrigin.AUTOMATIC);
  }

  private static Stream<Command> acknowledgements(Stage stage) {
    assertThat(stage.ticket.successful()).isTrue();
    return stage.commands().filter(Command.AcknowledgeRecoveries.class::isInstance);
  }

  @Test
  void itIsAcknowledged() {
    assertThat(acknowledgements(stage().start()))
        .singleElement()
        .asString()
        .contains("AcknowledgeCompleteRecoveries");
  }

  @Test
  void notByDefault() {
    policy = RecoveryPolicy.DEFAULT;
    assertThat(acknowledgements(stage().start())).isEmpty();
  }

  @Test
  void notWhenAReplicaDoesNotAnswer() {
    assertThat(acknowledgements(stage().silent("r3").start())).isEmpty();
  }

  @Test
  void notWhenTransactionsAreKnownToBeLost() {
    servers.with("m", m -> m.oracleGtid(UUID + ":1-105"));
    assertThat(acknowledgements(stage().start())).isEmpty();
  }

  /** The master was not seen to have more; but what was fetched of it was thrown away. */
  @Test
  void notWhenWhatWasFetchedIsNotApplied() {
    TopologyBuilder single =
        TopologyBuilder.masterWithReplicas(1)
            .with("m", m -> m.oracleGtid(UUID + ":1-90"))
            .with(
                "r1",
                r ->
                    r.oracleGtid(UUID + ":1-90")
                        .replication(row -> row.retrieved(UUID + ":91-100").sqlError("bad row")));
    Stage stage = new Stage(single, policy, RecoveryOrigin.AUTOMATIC).start();
    assertThat(stage.ticket.loss().knownMissing()).hasToString("Optional[]");
    assertThat(acknowledgements(stage)).isEmpty();
  }

  /** Whatever made the master read-only may do so again, with all processes each time. */
  @Test
  void notWhenItWasARepair() {
    servers.with("m", InstanceBuilder::readOnly);
    Stage stage =
        new Stage(
            servers,
            "m",
            "NoWriteableMasterStructureWarning",
            policy,
            RecoveryOrigin.AUTOMATIC,
            ReplicatedState.EMPTY);
    assertThat(acknowledgements(stage.start())).isEmpty();
  }

  @Test
  void notWhenAProcessFailed() {
    policy = policy.with(Map.of(HookPoint.POST_MASTER_FAILOVER, List.of("tell")));
    Stage stage =
        stage()
            .answering(
                Effect.RunHook.class,
                e -> Optional.of(new Event.HookFinished(e.id(), false, Duration.ZERO, "no")))
            .start();
    assertThat(acknowledgements(stage)).isEmpty();
  }
}
