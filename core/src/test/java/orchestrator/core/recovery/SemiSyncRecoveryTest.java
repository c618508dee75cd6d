package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.SemiSync;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Master {@code m} waits for two replicas; {@code a} to {@code d} replicate from it. */
class SemiSyncRecoveryTest {
  private boolean exact = true;
  private boolean locked;
  private String analysis = "LockedSemiSyncMaster";
  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private final TopologyBuilder servers =
      new TopologyBuilder().with("m", m -> m.semiSyncMaster(true, 2, 0));

  private SemiSyncRecoveryTest() {
    replica("a", 10, false);
    replica("b", 30, false);
    replica("c", 20, false);
    replica("d", 0, false);
  }

  private void replica(String name, int priority, boolean on) {
    servers.with(
        name,
        r ->
            r.replicatesFrom("m")
                .readOnly()
                .semiSync(
                    new SemiSync(
                        true, priority, false, false, false, on, 10_000, 1, false, 0, on)));
  }

  private Stage stage() {
    return new Stage(
        servers,
        "m",
        analysis,
        policy.with(new RecoveryPolicy.Replicas(true, Duration.ZERO, 5, exact, locked)),
        RecoveryOrigin.AUTOMATIC,
        ReplicatedState.EMPTY);
  }

  private static Stream<String> switches(Stage stage) {
    return stage
        .actions()
        .filter(ServerAction.SetSemiSyncReplica.class::isInstance)
        .map(ServerAction.SetSemiSyncReplica.class::cast)
        .map(set -> set.target().hostname() + (set.enabled() ? "+" : "-"));
  }

  /** Switched on while its IO thread was connected. */
  private void onInVain(String name, int priority) {
    servers.with(
        name,
        r ->
            r.semiSync(
                new SemiSync(
                    true, priority, false, false, false, true, 10_000, 1, false, 0, false)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReplicaThatIsSwitchedOnAndDoesNotAcknowledgeIsSwitchedOnAnew(boolean exactly) {
    exact = exactly;
    locked = true;
    onInVain("b", 30);
    Stage stage = stage().start();
    assertThat(switches(stage)).startsWith("b+");
    assertThat(stage.ticket.successful()).isTrue();
  }

  @Test
  void aReplicaThatIsSwitchedOnInVainIsNoRepair() {
    Stage stage = acknowledgingAfter(Duration.ofHours(1)).start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.errors()).first().asString().contains("does not acknowledge");
  }

  /** Its IO thread runs before it has asked the master for events. */
  @Test
  void aReplicaThatIsSwitchedOnIsGivenTimeToAcknowledge() {
    Stage stage = acknowledgingAfter(Duration.ofSeconds(2)).start();
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(switches(stage)).containsExactly("b+", "c+");
  }

  /** Replica b, once it was switched on. */
  private Stage acknowledgingAfter(Duration wait) {
    Stage stage = stage();
    InstanceKey replica = TopologyBuilder.key("b");
    return stage
        .answering(
            Effect.Perform.class,
            e -> {
              onInVain("b", 30);
              return ((Effect.Perform) e)
                      .action()
                      .equals(new ServerAction.SetSemiSyncReplica(replica, true))
                  ? Optional.of(
                      new Event.ActionFinished(
                          e.id(), new ActionOutcome.Applied(servers.instance("b"))))
                  : Optional.empty();
            })
        .answering(
            Effect.Probe.class,
            e -> {
              boolean early = stage.now.isBefore(TopologyBuilder.NOW.plus(wait));
              boolean on = servers.instance("b").semiSync().replicaEnabled();
              return ((Effect.Probe) e).key().equals(replica) && on && early
                  ? Optional.of(new Event.Probed(e.id(), servers.instance("b")))
                  : Optional.empty();
            });
  }

  // Exact

  @Test
  void exactlyAsManyAreOnAsTheMasterWaitsForByPriority() {
    replica("a", 10, true);
    replica("d", 0, true);
    assertThat(switches(stage().start())).containsExactly("b+", "c+", "a-", "d-");
  }

  @Test
  void equalPrioritiesAreOrderedByPromotionRuleThenByName() {
    for (String name : List.of("a", "b", "c")) {
      replica(name, 10, false);
    }
    servers.with("c", c -> c.promotionRule(PromotionRule.PREFER));
    assertThat(switches(stage().start())).containsExactlyInAnyOrder("c+", "a+");
  }

  @Test
  void nothingIsSwitchedOffBeforeTheOthersAreOn() {
    replica("a", 10, true);
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action().equals(on("b"))
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.Unknown("no answer")))
                        : Optional.empty())
            .start();
    assertThat(switches(stage)).doesNotContain("a-");
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("no answer");
  }

  private static ServerAction on(String name) {
    return new ServerAction.SetSemiSyncReplica(TopologyBuilder.key(name), true);
  }

  @Test
  void tooManyAreReducedToThoseOfTheHighestPriority() {
    analysis = "MasterWithTooManySemiSyncReplicas";
    servers.with("m", m -> m.semiSyncMaster(true, 1, 3));
    for (String name : List.of("a", "b", "c")) {
      replica(name, name.equals("b") ? 30 : 10, true);
    }
    assertThat(switches(stage().start())).containsExactlyInAnyOrder("a-", "c-");
  }

  @Test
  void replicasThatDoNotAnswerOrReplicateAreLeftAsTheyAre() {
    replica("b", 30, true);
    servers.with("b", InstanceBuilder::ioThreadStopped).with("c", InstanceBuilder::unreachable);
    assertThat(switches(stage().start())).containsExactly("a+");
  }

  @Test
  void oneThatFallsSilentJustThenIsNotCountedOn() {
    assertThat(switches(stage().silent("b").start())).containsExactlyInAnyOrder("c+", "a+");
  }

  // Enough

  @Test
  void noMoreAreSwitchedOnThanAreLacking() {
    exact = false;
    locked = true;
    servers.with("m", m -> m.semiSyncMaster(true, 2, 1));
    replica("d", 0, true);
    assertThat(switches(stage().start())).containsExactly("b+");
  }

  @Test
  void noneIsSwitchedOnWhereThereAreMoreThanEnough() {
    exact = false;
    locked = true;
    servers.with("m", m -> m.semiSyncMaster(true, 2, 3));
    assertThat(switches(stage().start())).isEmpty();
  }

  // What belongs to it

  @Test
  void theMasterSideOfReplicasIsSwitchedOff() {
    servers.with(
        "b",
        b ->
            b.semiSync(
                new SemiSync(true, 30, false, false, true, false, 10_000, 1, true, 0, false)));
    assertThat(stage().start().actions())
        .contains(new ServerAction.SetSemiSyncMaster(TopologyBuilder.key("b"), false));
  }

  @Test
  void itEndsWithTheMasterAsItsOwnSuccessorAndPublishesNothing() {
    Stage stage = stage().start();
    InstanceKey master = TopologyBuilder.key("m");
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(stage.ticket.promoted()).contains(master);
    assertThat(stage.ticket.intended()).isEmpty();
    assertThat(stage.ticket.fates().values())
        .extracting(ReplicaFate::kind)
        .containsOnly(ReplicaFate.Kind.KEPT);
    assertThat(stage.commands())
        .noneMatch(c -> c instanceof Command.PutKeyValue || c instanceof Command.BeginDowntime);
  }

  @Test
  void onlyTheGeneralProcessesRunAndNoneBefore() {
    policy =
        policy.with(
            Map.of(
                HookPoint.PRE_FAILOVER, List.of("not me"),
                HookPoint.POST_MASTER_FAILOVER, List.of("not me"),
                HookPoint.POST_FAILOVER, List.of("me")));
    assertThat(stage().start().hooks().map(Effect.RunHook::command)).containsExactly("me");
  }

  @Test
  void aMasterThatDoesNotAnswerIsNotRepaired() {
    Stage stage = stage().silent("m").start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.actions()).isEmpty();
  }

  @Test
  void aRestartBeginsAnew() {
    replica("b", 30, true);
    assertThat(switches(stage().resume())).containsExactly("c+");
  }

  // Whether it begins at all

  private String refusal() {
    Stage stage = stage();
    return RecoveryGates.refusal(
        RecoveryGates.of(
            stage.circumstances, RecoveryOrigin.AUTOMATIC, ReplicatedState.EMPTY, stage.now));
  }

  @Test
  void itDoesNotBeginWhereNothingIsConfigured() {
    exact = false;
    assertThat(refusal()).contains("RecoverLockedSemiSyncMaster");
  }

  @Test
  void itDoesNotBeginWhereNothingIsToBeSwitched() {
    replica("b", 30, true);
    replica("c", 20, true);
    assertThat(refusal()).contains("no replica is left");
  }

  @Test
  void itBeginsWhereSomethingIs() {
    assertThat(refusal()).isEmpty();
  }
}
