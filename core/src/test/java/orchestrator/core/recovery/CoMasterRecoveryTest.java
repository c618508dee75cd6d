package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** Co-master {@code m} is dead; {@code o} is the other one, {@code r} a replica of {@code m}. */
class CoMasterRecoveryTest {
  private static final String UUID = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));
  private static final InstanceKey OTHER = TopologyBuilder.key("o");
  private static final InstanceKey REPLICA = TopologyBuilder.key("r");

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.replicatesFrom("o").unreachable().oracleGtid(UUID + ":1-100"))
          .with(
              "o",
              o -> o.replicatesFrom("m").readOnly().failingToConnect().oracleGtid(UUID + ":1-100"))
          .with(
              "r",
              r -> r.replicatesFrom("m").readOnly().failingToConnect().oracleGtid(UUID + ":1-100"));

  private Stage stage() {
    return new Stage(
        servers, "m", "DeadCoMaster", policy, RecoveryOrigin.AUTOMATIC, ReplicatedState.EMPTY);
  }

  private void anybodyMayBePromoted() {
    policy = policy.with(new PromotionBuilder().onlyOtherCoMaster(false).build());
  }

  private static Stream<InstanceKey> opened(Stage stage) {
    return stage
        .actions()
        .filter(a -> a instanceof ServerAction.SetReadOnly set && !set.readOnly())
        .map(ServerAction::target);
  }

  @Test
  void theOtherCoMasterIsPromotedAndTheReplicasMoveBelowIt() {
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(OTHER);
    assertThat(opened(stage)).containsExactly(OTHER);
    assertThat(stage.actions()).contains(new ServerAction.ResetReplication(OTHER));
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).containsExactly(REPLICA);
  }

  @Test
  void theOtherCoMasterFirstFetchesWhatOnlyAReplicaHas() {
    servers.with("o", o -> o.oracleGtid(UUID + ":1-90"));
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(OTHER);
    assertThat(stage.actions())
        .anyMatch(a ->
            a instanceof ServerAction.ChangeSource change
                && change.target().equals(OTHER)
                && change.source().equals(REPLICA));
    assertThat(stage.ticket.loss().knownMissing()).hasToString("Optional[]");
  }

  @Test
  void itHasAllThatTheFailoverOfAMasterHas() {
    Stage stage = stage().start();
    assertThat(stage.journal()).contains(new JournalEntry.PromotionIntended(OTHER));
    assertThat(stage.commands())
        .anyMatch(Command.WatchDemotedMaster.class::isInstance)
        .anyMatch(c -> c.equals(new Command.PutKeyValue("mysql/master/main", "o:3306")));
  }

  @Test
  void nobodyElseIsPromotedWhenTheOtherCoMasterIsSilent() {
    Stage stage = stage().silent("o").start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(opened(stage)).isEmpty();
  }

  @Test
  void nobodyElseIsPromotedWhenTheOtherCoMasterMayNotBe() {
    servers.with("o", InstanceBuilder::withoutBinlog);
    Stage stage = stage().start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(opened(stage)).isEmpty();
    assertThat(stage.actions()).contains(new ServerAction.StartIoThread(REPLICA));
  }

  @Test
  void whereAllowedAReplicaIsPromotedInsteadOfASilentOtherCoMaster() {
    anybodyMayBePromoted();
    Stage stage = stage().silent("o").start();
    assertThat(stage.ticket.promoted()).contains(REPLICA);
  }

  @Test
  void anOtherCoMasterThatTakesWritesIsPromotedOrNobody() {
    anybodyMayBePromoted();
    servers.with("o", InstanceBuilder::writable);
    assertThat(stage().start().ticket.promoted()).contains(OTHER);
    servers.with("o", InstanceBuilder::withoutBinlog);
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(opened(stage)).isEmpty();
  }

  /** It was the one that took writes, and perhaps was set read-only by a failover that failed. */
  @Test
  void whatTheOtherCoMasterWroteIsNotErrant() {
    anybodyMayBePromoted();
    String written = ":1-100," + InstanceBuilder.uuidOf(OTHER) + ":1-3";
    servers.with("o", o -> o.oracleGtid(UUID + written));
    assertThat(stage().start().ticket.promoted()).contains(OTHER);
  }

  /** It died too, and only what is below it has what it wrote last. */
  @Test
  void norWhenOnlyItsReplicaIsLeftToTell() {
    anybodyMayBePromoted();
    InstanceKey below = TopologyBuilder.key("b");
    String written = ":1-100," + InstanceBuilder.uuidOf(OTHER) + ":1-3";
    servers
        .with("o", o -> o.unreachable().oracleGtid(UUID + ":1-100"))
        .with("b", b -> b.replicatesFrom("o").readOnly().oracleGtid(UUID + written));
    Stage stage = stage().silent("o").start();
    assertThat(stage.ticket.promoted()).contains(REPLICA);
    assertThat(stage.actions())
        .anyMatch(a ->
            a instanceof ServerAction.ChangeSource change
                && change.target().equals(REPLICA)
                && change.source().equals(below));
  }

  @Test
  void limitsDoNotHoldBackOneThatTakesWritesAlready() {
    policy =
        policy.with(
            new PromotionBuilder().preventCrossDataCenter(true).preventCrossRegion(true).build());
    servers
        .with("m", m -> m.dataCenter("dc1").region("east"))
        .with("o", o -> o.writable().dataCenter("dc2").region("west"));
    assertThat(stage().start().ticket.promoted()).contains(OTHER);
    servers.with("o", InstanceBuilder::readOnly);
    assertThat(stage().start().ticket.promoted()).isEmpty();
  }

  @Test
  void oneThatCannotBePromotedIsNotMadeReadOnly() {
    servers.with("o", InstanceBuilder::writable);
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action() instanceof ServerAction.ResetReplication
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.NotApplied("it refuses")))
                        : Optional.empty())
            .start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.actions()).doesNotContain(new ServerAction.SetReadOnly(OTHER, true, false));
    assertThat(stage.ticket.errors()).singleElement().asString().contains("left as it is");
  }

  @Test
  void aRestartAfterTheIntentGoesOnWithTheOtherCoMaster() {
    Stage stage = stage();
    stage.ticket = stage.ticket.with(new JournalEntry.PromotionIntended(OTHER), stage.now);
    stage.resume();
    assertThat(stage.ticket.promoted()).contains(OTHER);
    assertThat(opened(stage)).containsExactly(OTHER);
  }

  @Test
  void theProcessesAreThoseOfAMaster() {
    policy =
        policy.with(
            Map.of(
                HookPoint.POST_MASTER_FAILOVER, List.of("master"),
                HookPoint.POST_INTERMEDIATE_MASTER_FAILOVER, List.of("not me"),
                HookPoint.POST_FAILOVER, List.of("all")));
    assertThat(stage().start().hooks().map(Effect.RunHook::command))
        .containsExactly("master", "all");
  }

  @Test
  void withoutAKnownOtherCoMasterItDoesNotBegin() {
    servers.with("m", m -> m.replicatesFrom("elsewhere"));
    Stage stage = stage();
    RecoveryPlan plan =
        RecoveryPlanner.plan(
            stage.circumstances, RecoveryOrigin.AUTOMATIC, ReplicatedState.EMPTY, stage.now);
    assertThat(RecoveryGates.refusal(plan.gates())).contains("means");
    assertThat(plan.successor()).isEmpty();
  }
}
