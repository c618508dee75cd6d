package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.SemiSync;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each key of the configuration makes of a failover, beyond the choice. */
class PromotionOptionsTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final InstanceKey R3 = TopologyBuilder.key("r3");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .withAll(s -> s.oracleGtid(UUID + ":1-100"))
          .with("m", InstanceBuilder::unreachable)
          .withReplicasOf("m", InstanceBuilder::failingToConnect);

  private Stage stage() {
    return new Stage(servers, policy, origin).silent("m");
  }

  private static ReplicaFate fate(Stage stage, InstanceKey key) {
    return stage.ticket.fates().getOrDefault(key, ReplicaFate.UNSETTLED);
  }

  private void promotion(boolean delay, boolean apply, boolean detach, boolean superReadOnly) {
    policy =
        policy.with(
            new PromotionBuilder()
                .delayIfNotUpToDate(delay)
                .apply(apply)
                .detachPromoted(detach)
                .useSuperReadOnly(superReadOnly)
                .build());
  }

  // Making it writable

  @Test
  void theSourceSideOfSemiSyncIsOnBeforeItTakesWrites() {
    servers.with("r1", r -> r.semiSync(priority(10)));
    assertThat(stage().start().actions())
        .containsSubsequence(
            new ServerAction.ResetReplication(R1),
            new ServerAction.SetSemiSyncMaster(R1, true),
            new SetReadOnly(R1, false, false));
  }

  @Test
  void withoutAPriorityItStaysAsItIs() {
    servers.with("r1", r -> r.semiSync(priority(0)));
    assertThat(stage().start().actions())
        .noneMatch(ServerAction.SetSemiSyncMaster.class::isInstance);
  }

  private static SemiSync priority(int priority) {
    return new SemiSync(true, priority, false, false, false, true, 10_000, 1, false, 0, true);
  }

  @Test
  void thatSemiSyncCannotBeSwitchedOnIsNoReasonNotToPromote() {
    servers.with("r1", r -> r.semiSync(priority(10)));
    Stage stage = refusing(stage(), new ServerAction.SetSemiSyncMaster(R1, true)).start();
    assertThat(stage.ticket.promoted()).contains(R1);
  }

  private static Stage refusing(Stage stage, ServerAction action) {
    return stage.answering(
        Effect.Perform.class,
        e ->
            ((Effect.Perform) e).action().equals(action)
                ? Optional.of(
                    new Event.ActionFinished(e.id(), new ActionOutcome.NotApplied("it refuses")))
                : Optional.empty());
  }

  @Test
  void superReadOnlyIsSetOnTheOldMasterAndTakenFromTheNewOne() {
    promotion(false, true, false, true);
    assertThat(stage().start().actions())
        .contains(new SetReadOnly(MASTER, true, true), new SetReadOnly(R1, false, true));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thePromotedServerIsDetachedWhereOthersPromoteIt(boolean apply) {
    promotion(false, apply, true, false);
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.actions().anyMatch(new ServerAction.DetachSource(R1)::equals))
        .as("of no use where its replication was reset")
        .isEqualTo(!apply);
  }

  /** A replica could start again only if its source were asked how many replicas it waits for. */
  @Test
  void exactNumbersOfSemiSyncReplicasDoNotStandInTheWay() {
    policy = policy.with(new RecoveryPolicy.Replicas(true, Duration.ZERO, 5, true, true));
    Stage stage = stage().start();
    assertThat(stage.ticket.errors()).isEmpty();
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).containsExactly(R2, R3);
  }

  // Relay logs

  /** One transaction more at each read, and each read takes as long as a poll. */
  private Stage applying(int until) {
    servers
        .without("r2")
        .without("r3")
        .with(
            "r1",
            r -> r.oracleGtid(UUID + ":1-10").replication(row -> row.retrieved(UUID + ":1-1000")));
    int[] applied = {10};
    return stage()
        .answering(
            Effect.Probe.class,
            e -> {
              applied[0] = Math.min(until, applied[0] + 1);
              servers.with(
                  "r1",
                  r ->
                      r.oracleGtid(UUID + ":1-" + applied[0])
                          .replication(row -> row.retrieved(UUID + ":1-1000")));
              return Optional.of(new Event.Probed(e.id(), servers.instance("r1")));
            });
  }

  private static Duration took(Stage stage) {
    return Duration.between(TopologyBuilder.NOW, stage.now);
  }

  @Test
  void aReplicaThatAppliesIsWaitedForSomeTimeAndThenPromotedAsItIs() {
    Stage stage = applying(1000).start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.loss().unapplied())
        .hasValueSatisfying(u -> assertThat(u.isEmpty()).isFalse());
    assertThat(took(stage)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(13));
  }

  @Test
  void aDelayedPromotionWaitsAsLongAsItAppliesMore() {
    promotion(true, true, false, false);
    Stage stage = applying(1000).start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.loss().unapplied()).hasToString("Optional[]");
    assertThat(took(stage)).isGreaterThan(Duration.ofSeconds(60));
  }

  @Test
  void aDelayedPromotionFailsWhenItAppliesNoMore() {
    promotion(true, true, false, false);
    Stage stage = applying(200).start();
    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(stage.ticket.errors())
        .singleElement()
        .asString()
        .contains("DelayMasterPromotionIfSQLThreadNotUpToDate", UUID + ":201-1000");
  }

  // The other replicas

  @Test
  void aReplicaWhoseMoveFailsIsLostWithTheReasonAndDetached() {
    ServerAction move =
        new ServerAction.ChangeSource(R2, R1, new ServerAction.SourcePosition.OracleAuto(), true);
    Stage stage = refusing(stage(), move).start();
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(fate(stage, R2)).isEqualTo(new ReplicaFate(ReplicaFate.Kind.LOST, "it refuses"));
    assertThat(stage.actions().filter(move::equals)).as("tried once more").hasSize(2);
    assertThat(stage.actions()).contains(new ServerAction.DetachSource(R2));
    assertThat(stage.commands())
        .anyMatch(c ->
            c instanceof Command.BeginDowntime begun
                && begun.downtime().key().equals(R2)
                && begun.downtime().isLostInRecovery());
  }

  @Test
  void aLostReplicaIsLeftAsItIsWhereConfiguredSo() {
    policy = policy.with(new RecoveryPolicy.Replicas(false, Duration.ZERO, 5));
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-101").withoutBinlog());
    Stage stage = stage().start();
    assertThat(fate(stage, R2).kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(stage.actions()).noneMatch(ServerAction.DetachSource.class::isInstance);
  }

  /** Delayed on purpose, or slow to answer. Their fates are in the record all the same. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void delayedAndSlowReplicasAreMovedLastAndProcessesDoNotWaitForThem(boolean delayed) {
    policy =
        policy
            .with(new RecoveryPolicy.Replicas(true, Duration.ofMinutes(10), 1))
            .with(Map.of(HookPoint.POST_MASTER_FAILOVER, List.of("tell")));
    servers.with(
        "r2",
        r -> {
          if (delayed) {
            r.delaySeconds(601);
          } else {
            r.freshness(Freshness.seen(TopologyBuilder.NOW, Duration.ofMillis(501), Map.of()));
          }
        });
    Stage stage = stage();
    stage.answering(
        Effect.Perform.class,
        e -> {
          Effect.Perform perform = (Effect.Perform) e;
          if (!(perform.action() instanceof ServerAction.ChangeSource move)
              || !move.target().equals(R2)) {
            return Optional.empty();
          }
          stage.after(
              Duration.ofSeconds(8),
              new Event.ActionFinished(e.id(), new ActionOutcome.Applied(stage.apply(move))));
          return Optional.of(new Event.Woken(-1));
        });
    stage.start();
    assertThat(
            stage
                .actions()
                .filter(ServerAction.ChangeSource.class::isInstance)
                .map(ServerAction::target))
        .containsExactly(R3, R2);
    assertThat(fate(stage, R2).kind()).isEqualTo(ReplicaFate.Kind.MOVED);
    assertThat(stage.hooks()).hasSize(1);
    Effect hook = stage.hooks().findFirst().orElseThrow();
    assertThat(Duration.between(TopologyBuilder.NOW, stage.asked.get(hook)))
        .isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aShortDelayIsNone() {
    policy = policy.with(new RecoveryPolicy.Replicas(true, Duration.ofMinutes(10), 1));
    servers.with("r2", r -> r.delaySeconds(600));
    assertThat(
            stage()
                .start()
                .actions()
                .filter(ServerAction.ChangeSource.class::isInstance)
                .map(ServerAction::target))
        .containsExactly(R2, R3);
  }

  // Processes, and the record

  @Test
  void withoutProcessesNoneIsRun() {
    Map<HookPoint, List<String>> all = new EnumMap<>(HookPoint.class);
    Arrays.stream(HookPoint.values()).forEach(point -> all.put(point, List.of("not me")));
    policy = policy.with(all);
    origin = new RecoveryOrigin(false, "", Optional.empty(), true);
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.hooks()).isEmpty();
  }

  @Test
  void theDetectionEndsWithThePromotion() {
    assertThat(stage().start().commands())
        .anyMatch(c -> c instanceof Command.EndDetections end && end.key().equals(MASTER));
  }

  @Test
  void aMasterThatWasNeverReadIsReplacedWithAnUnknownLoss() {
    servers.with("m", InstanceBuilder::neverSeen);
    origin = new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);
    Stage stage = stage().start();
    LossReport loss = stage.ticket.loss();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(loss.oldMasterSeen()).isEmpty();
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).containsExactly(R2, R3);
  }

  @Test
  void theBlockIsCountedFromTheBeginning() {
    assertThat(stage().ticket.blockedUntil())
        .isEqualTo(TopologyBuilder.NOW.plus(policy.blockPeriod()));
  }
}
