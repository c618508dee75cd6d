package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A master that answers, has replicas, and is read-only. */
class WritableRecoveryTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final ServerAction OPEN = new ServerAction.SetReadOnly(MASTER, false, false);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private ReplicatedState state = ReplicatedState.EMPTY;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(2).with("m", InstanceBuilder::readOnly);

  private Stage stage() {
    return new Stage(
        servers, "m", "NoWriteableMasterStructureWarning", policy, RecoveryOrigin.AUTOMATIC, state);
  }

  @Test
  void itIsMadeWritableAfterTheIntentIsCommitted() {
    Stage stage = stage().start();
    assertThat(stage.actions()).containsExactly(OPEN);
    List<Effect> before =
        stage.effects.stream().takeWhile(e -> !(e instanceof Effect.Perform)).toList();
    assertThat(before)
        .anyMatch(e ->
            e instanceof Effect.Commit commit
                && commit.commands().toString().contains("PromotionIntended"));
    assertThat(stage.ticket.promoted()).contains(MASTER);
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(stage.ticket.fates().values())
        .extracting(ReplicaFate::kind)
        .containsOnly(ReplicaFate.Kind.KEPT);
  }

  @Test
  void anIntentThatIsNotCommittedLeavesItReadOnly() {
    Stage stage =
        stage()
            .answering(
                Effect.Commit.class, e -> Optional.of(new Event.CommitUnknown(e.id(), "no answer")))
            .start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.end().closed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itIsTriedThreeTimes(boolean certain) {
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    Optional.of(
                        new Event.ActionFinished(
                            e.id(),
                            certain
                                ? new ActionOutcome.NotApplied("no")
                                : new ActionOutcome.Unknown("no"))))
            .start();
    assertThat(stage.actions()).containsExactly(OPEN, OPEN, OPEN);
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  @Test
  void oneThatGotASourceMeanwhileIsLeftAlone() {
    Stage stage =
        stage()
            .answering(
                Effect.Probe.class,
                e ->
                    Optional.of(
                        new Event.Probed(
                            e.id(),
                            new TopologyBuilder()
                                .with("m", m -> m.replicatesFrom("other").readOnly())
                                .instance("m"))))
            .start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("replicates");
  }

  @Test
  void oneThatDoesNotAnswerIsLeftAlone() {
    Stage stage = stage().silent("m").start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.ticket.successful()).isFalse();
  }

  @Test
  void aRestartAfterTheIntentGoesOn() {
    Stage stage = stage();
    stage.ticket = stage.ticket.with(new JournalEntry.PromotionIntended(MASTER), stage.now);
    stage.resume();
    assertThat(stage.actions()).containsExactly(OPEN);
    assertThat(stage.ticket.successful()).isTrue();
  }

  @Test
  void aReplacedMasterIsNeverMadeWritable() {
    assertRefused(
        new Command.WatchDemotedMaster(
            new DemotedMaster(MASTER, "0:y", TopologyBuilder.key("n"), TopologyBuilder.NOW)),
        "release-demoted-master");
  }

  /** Without a source it looks like a master. */
  @Test
  void aCandidateThatWasGivenUpIsNeverMadeWritable() {
    assertRefused(
        new Command.KeepReadOnly(new KeptReadOnly(MASTER, "0:y", TopologyBuilder.NOW)),
        "set-writeable");
  }

  private void assertRefused(Command before, String advice) {
    state = StateMachine.apply(state, before, LogPosition.NONE).next();
    Stage stage = stage();
    for (boolean automatic : new boolean[] {true, false}) {
      RecoveryOrigin origin = new RecoveryOrigin(automatic, "", Optional.empty(), false);
      assertThat(
              RecoveryGates.refusal(
                  RecoveryGates.of(stage.circumstances, origin, state, stage.now)))
          .contains(advice);
    }
  }

  @Test
  void whereOthersMakeMastersWritableNoneIsMadeSo() {
    policy = policy.with(new PromotionBuilder().apply(false).build());
    Stage stage = stage();
    assertThat(
            RecoveryGates.refusal(
                RecoveryGates.of(stage.circumstances, RecoveryOrigin.AUTOMATIC, state, stage.now)))
        .contains("ApplyMySQLPromotionAfterMasterFailover");
  }

  @Test
  void processesMayForbidItAndAreTold() {
    policy =
        policy.with(
            Map.of(
                HookPoint.PRE_FAILOVER, List.of("may I"),
                HookPoint.POST_MASTER_FAILOVER, List.of("not me"),
                HookPoint.POST_FAILOVER, List.of("done {successorHost}")));
    assertThat(stage().start().hooks().map(Effect.RunHook::command))
        .containsExactly("may I", "done m");
    Stage forbidden =
        stage()
            .answering(
                Effect.RunHook.class,
                e -> Optional.of(new Event.HookFinished(e.id(), false, Duration.ZERO, "no")))
            .start();
    assertThat(forbidden.actions()).isEmpty();
  }
}
