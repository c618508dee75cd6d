package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import org.junit.jupiter.api.Test;

/** What the control does, and does not do, in cases that are worth telling. */
class RecoveryControlTest {
  private static final String UUID = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final ServerAction.SetReadOnly OPEN_R1 =
      new ServerAction.SetReadOnly(R1, false, false);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.unreachable().oracleGtid(UUID + ":1-100"))
          .withReplicasOf("m", r -> r.failingToConnect().oracleGtid(UUID + ":1-100"));

  private Stage stage() {
    return new Stage(servers, policy, origin);
  }

  private void promotion(boolean fail, boolean delay, boolean apply) {
    policy =
        policy.with(
            new PromotionBuilder()
                .failIfNotUpToDate(fail)
                .delayIfNotUpToDate(delay)
                .apply(apply)
                .build());
  }

  private void brokenFirstReplica() {
    servers
        .without("r2")
        .without("r3")
        .with(
            "r1",
            r ->
                r.oracleGtid(UUID + ":1-90")
                    .replication(row -> row.retrieved(UUID + ":91-100").sqlError("bad row")));
  }

  private static Optional<Event> failing(Effect effect) {
    return Optional.of(new Event.HookFinished(effect.id(), false, Duration.ofSeconds(1), "no way"));
  }

  @Test
  void oneCommitStandsBetweenTheTicketAndAWritableServer() {
    Stage stage = stage().start();
    List<Effect> before =
        stage.effects.stream()
            .takeWhile(e -> !(e instanceof Effect.Perform p && p.action().equals(OPEN_R1)))
            .toList();
    assertThat(before).filteredOn(Effect.Commit.class::isInstance).hasSize(1);
    assertThat(stage.momentOf(OPEN_R1)).isZero();
  }

  @Test
  void aProcessThatForbidsItLeavesAllAsItWasAndReleasesTheBlock() {
    policy = policy.with(Map.of(HookPoint.PRE_FAILOVER, List.of("may I", "never asked")));
    Stage stage = stage().answering(Effect.RunHook.class, RecoveryControlTest::failing).start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.hooks()).hasSize(1);
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("no way");
    assertThat(stage.commands())
        .anyMatch(c ->
            c instanceof Command.AcknowledgeRecoveries ack
                && ack.selector().equals(new Command.Selector.ByUid("1:x")));
  }

  @Test
  void aServerThatAnsweredBeforeIsWaitedForOneSecond() {
    Stage stage = stage().silent("r2").start();
    assertThat(stage.momentOf(OPEN_R1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(fate(stage, R2)).isEqualTo(ReplicaFate.Kind.UNREACHABLE);
  }

  /** It was down when it was told to, and has started again since. */
  @Test
  void aReplicaThatAnswersLateAndMayFetchIsToldOnceMoreToStop() {
    AtomicInteger told = new AtomicInteger();
    ServerAction stop = new ServerAction.StopIoThread(R2);
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action().equals(stop) && told.getAndIncrement() == 0
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.NotApplied("it is down")))
                        : Optional.empty())
            .start();
    assertThat(stage.actions().filter(stop::equals)).hasSize(2);
    assertThat(fate(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  /** Its source would make a ring with it, if it died now. */
  @Test
  void theReplicaThatFeedsTheNewMasterIsMovedWhenThatIsPromoted() {
    servers.without("r3").with("r1", r -> r.oracleGtid(UUID + ":1-90"));
    servers.with("r2", r -> r.promotionRule(PromotionRule.MUST_NOT));
    Stage stage = stage().start();
    List<ServerAction> actions = stage.actions().toList();
    ServerAction moved =
        actions.stream()
            .filter(a -> a instanceof ServerAction.ChangeSource c && c.target().equals(R2))
            .findFirst()
            .orElseThrow();
    assertThat(actions)
        .anyMatch(a ->
            a instanceof ServerAction.ChangeSource c
                && c.target().equals(R1)
                && c.source().equals(R2));
    assertThat(actions.indexOf(moved)).isGreaterThan(actions.indexOf(OPEN_R1));
  }

  @Test
  void whereAllAreSlowTheFirstToAnswerIsNotPromotedWithoutAskingTheOthers() {
    servers.with("r1", r -> r.oracleGtid(UUID + ":1-90"));
    Stage stage =
        stage()
            .slow("r1", Duration.ofMillis(1600))
            .slow("r2", Duration.ofMillis(1650))
            .slow("r3", Duration.ofMillis(1700))
            .start();
    assertThat(stage.ticket.promoted()).isNotEmpty().isNotEqualTo(Optional.of(R1));
    assertThat(stage.ticket.loss().knownMissing()).hasToString("Optional[]");
    assertThat(fate(stage, R1)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void whereAllAreSlowTheSlowestAreWaitedForOneSecondMore() {
    Stage stage = stage().slow("r1", Duration.ofMillis(1600)).silent("r2").silent("r3").start();
    assertThat(stage.momentOf(OPEN_R1)).isEqualTo(Duration.ofMillis(2600));
  }

  @Test
  void aServerThatDidNotAnswerBeforeIsNotWaitedFor() {
    servers.with("r2", InstanceBuilder::unreachable);
    Stage stage = stage().silent("r2").start();
    assertThat(stage.momentOf(OPEN_R1)).isZero();
    assertThat(fate(stage, R2)).isEqualTo(ReplicaFate.Kind.UNREACHABLE);
  }

  @Test
  void aLivingMasterIsSetReadOnlyBeforeReplicasAreStopped() {
    servers.with("m", m -> m.seenAt(TopologyBuilder.NOW));
    origin = new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);
    assertThat(stage().start().actions())
        .startsWith(
            new ServerAction.SetReadOnly(MASTER, true, false),
            new ServerAction.EndClients(MASTER),
            new ServerAction.StopIoThread(R1));
  }

  @Test
  void unappliedTransactionsAreReportedWhenTheyCannotBeApplied() {
    brokenFirstReplica();
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.loss().unapplied()).hasToString("Optional[" + UUID + ":91-100]");
  }

  @Test
  void unappliedTransactionsForbidThePromotionWhereToldSo() {
    brokenFirstReplica();
    promotion(true, false, true);
    Stage stage = stage().start();
    assertThat(stage.actions()).doesNotContain(OPEN_R1);
    assertThat(stage.ticket.errors())
        .singleElement()
        .asString()
        .contains("FailMasterPromotionIfSQLThreadNotUpToDate");
  }

  @Test
  void aReplicaThatMakesNoProgressIsWaitedForAsConfigured() {
    servers
        .without("r2")
        .without("r3")
        .with(
            "r1",
            r -> r.oracleGtid(UUID + ":1-90").replication(row -> row.retrieved(UUID + ":91-100")));
    Stage stage =
        stage()
            .answering(
                Effect.Probe.class,
                e -> Optional.of(new Event.Probed(e.id(), servers.instance("r1"))))
            .start();
    // The status row says that nothing is left in the relay log: a second is enough then.
    assertThat(stage.momentOf(OPEN_R1)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1300));
  }

  @Test
  void whereOperatorsApplyThePromotionNoServerIsMadeWritable() {
    promotion(false, false, false);
    Stage stage = stage().start();
    assertThat(stage.actions()).noneMatch(ServerAction.SetReadOnly.class::isInstance);
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(fate(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void theOldMasterIsWatchedFromTheMomentAnotherMayBeWritable() {
    Stage stage = stage().start();
    assertThat(stage.effects)
        .filteredOn(e ->
            e instanceof Effect.Commit commit
                && commit.commands().toString().contains("PromotionIntended"))
        .singleElement()
        .asString()
        .contains("WatchDemotedMaster");
  }

  @Test
  void applicationsAreToldInTheSameCommitThatSaysPromoted() {
    assertThat(stage().start().effects)
        .filteredOn(e ->
            e instanceof Effect.Commit commit && commit.commands().toString().contains("Promoted["))
        .singleElement()
        .asString()
        .contains("PutKeyValue[key=mysql/master/main, value=r1:3306]", "MoveCluster", "Published");
  }

  @Test
  void aNodeThatMayNotGoOnDoesNothingMore() {
    Stage stage =
        stage()
            .answering(
                Effect.Commit.class,
                e -> Optional.of(new Event.CommitRejected(e.id(), "not the leader")))
            .start();
    assertThat(stage.end().closed()).isFalse();
    assertThat(stage.actions())
        .allMatch(a -> a instanceof ServerAction.StopIoThread || a.target().equals(MASTER));
  }

  @Test
  void anIntendedServerThatIsSilentIsNotReplacedByAnother() {
    Stage stage = stage().silent("r1");
    stage.ticket = stage.ticket.with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("Check whether r1:3306");
    assertThat(stage.actions())
        .filteredOn(a -> a instanceof ServerAction.SetReadOnly set && !set.readOnly())
        .allMatch(a -> a.target().equals(R1));
  }

  @Test
  void whatOthersPromoteIsNotTouchedWhenItIsSilent() {
    policy = policy.with(new PromotionBuilder().apply(false).build());
    Stage stage = stage().silent("r1");
    stage.ticket = stage.ticket.with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("Check whether r1:3306");
    assertThat(stage.actions())
        .noneMatch(a ->
            a instanceof ServerAction.SetReadOnly || a instanceof ServerAction.ResetReplication);
  }

  @Test
  void aProcessThatMayHaveRunIsRunAgainAndToldSo() {
    policy = policy.with(Map.of(HookPoint.PRE_FAILOVER, List.of("one", "two")));
    Stage stage = stage();
    stage.ticket =
        stage
            .ticket
            .with(
                new JournalEntry.HookStarted(HookPoint.PRE_FAILOVER, 0, "one"), TopologyBuilder.NOW)
            .with(
                new JournalEntry.HookFinished(HookPoint.PRE_FAILOVER, 0, true, 1, ""),
                TopologyBuilder.NOW)
            .with(
                new JournalEntry.HookStarted(HookPoint.PRE_FAILOVER, 1, "two"),
                TopologyBuilder.NOW);
    assertThat(stage.resume().hooks())
        .singleElement()
        .satisfies(hook -> assertThat(hook.command()).isEqualTo("two"))
        .satisfies(
            hook -> assertThat(hook.environment()).containsEntry("ORC_HOOK_REPEATED", "true"));
  }

  @Test
  void aClosedRecoveryIsLeftAlone() {
    Stage stage = stage();
    stage.ticket =
        stage.ticket.with(new JournalEntry.Closed(false, List.of("x")), TopologyBuilder.NOW);
    assertThat(stage.resume().effects).singleElement().isInstanceOf(Effect.Finished.class);
  }

  @Test
  void processesAfterwardsRunInOrderAndAFailureStopsNone() {
    policy =
        policy.with(
            Map.of(
                HookPoint.POST_MASTER_FAILOVER, List.of("a &", "b"),
                HookPoint.POST_FAILOVER, List.of("c")));
    Stage stage = stage().answering(Effect.RunHook.class, RecoveryControlTest::failing).start();
    assertThat(stage.hooks().map(Effect.RunHook::command)).containsExactly("a", "b", "c");
    assertThat(stage.ticket.successful()).isTrue();
  }

  @Test
  void lostReplicasAndTheOldMasterAreDowntimedAndTheNewOneIsNot() {
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-101").withoutBinlog());
    Stage stage = stage().start();
    assertThat(stage.commands())
        .filteredOn(Command.BeginDowntime.class::isInstance)
        .extracting(c -> ((Command.BeginDowntime) c).downtime().key())
        .containsExactlyInAnyOrder(MASTER, R2);
    assertThat(stage.commands())
        .filteredOn(Command.BeginDowntime.class::isInstance)
        .extracting(c -> ((Command.BeginDowntime) c).downtime())
        .extracting(downtime -> Duration.between(downtime.begin(), downtime.end()))
        .containsOnly(Duration.ofDays(365));
    assertThat(stage.commands()).contains(new Command.EndDowntime(R1));
  }

  /** It was reset, so it would count as the master of a cluster of its own. */
  @Test
  void aCandidateThatWasAbandonedAndIsSilentIsDowntimedOnceAnotherIsPromoted() {
    Stage stage = stage();
    stage
        .answering(
            Effect.Perform.class,
            e ->
                e instanceof Effect.Perform(long id, ServerAction action, Duration ignored)
                        && action.equals(OPEN_R1)
                    ? Optional.of(refused(stage, id))
                    : Optional.empty())
        .start();
    assertThat(stage.ticket.promoted()).contains(R2);
    assertThat(fate(stage, R1)).isEqualTo(ReplicaFate.Kind.UNREACHABLE);
    assertThat(stage.commands())
        .filteredOn(Command.BeginDowntime.class::isInstance)
        .extracting(c -> ((Command.BeginDowntime) c).downtime().key())
        .containsExactlyInAnyOrder(MASTER, R1);
  }

  /** It answers this, and nothing more. */
  private static Event refused(Stage stage, long id) {
    stage.silent("r1");
    return new Event.ActionFinished(id, new ActionOutcome.NotApplied("it is full"));
  }

  private static ReplicaFate.Kind fate(Stage stage, InstanceKey key) {
    return stage.ticket.fates().getOrDefault(key, ReplicaFate.UNSETTLED).kind();
  }
}
