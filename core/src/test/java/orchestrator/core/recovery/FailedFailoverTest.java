package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.recovery.SafetyPolicy.Durability;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a failover that promotes nobody leaves behind. */
class FailedFailoverTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);
  private static final SetReadOnly CLOSE = new SetReadOnly(MASTER, true, false);
  private static final SetReadOnly OPEN = new SetReadOnly(MASTER, false, false);
  private static final RecoveryOrigin PERSON =
      new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;

  /** The master is found dead, and answers what it is told now. */
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(2)
          .withAll(s -> s.oracleGtid(UUID + ":1-100").dataCenter("dc1").region("east"))
          .with("m", InstanceBuilder::unreachable)
          .withReplicasOf("m", InstanceBuilder::failingToConnect);

  private Stage stage() {
    return stage("DeadMaster");
  }

  private Stage stage(String analysis) {
    return new Stage(servers, "m", analysis, policy, origin, ReplicatedState.EMPTY);
  }

  private void promotion(boolean dataCenter, boolean region, long lagMinutes, boolean fail) {
    policy =
        policy.with(
            new PromotionBuilder()
                .preventCrossDataCenter(dataCenter)
                .preventCrossRegion(region)
                .failOnLag(Duration.ofMinutes(lagMinutes))
                .failIfNotUpToDate(fail)
                .build());
  }

  private void nobodyMayBePromoted() {
    servers.withReplicasOf("m", r -> r.promotionRule(PromotionRule.MUST_NOT));
  }

  private static boolean isAcknowledged(Stage stage) {
    return stage.commands().anyMatch(Command.AcknowledgeRecoveries.class::isInstance);
  }

  // The master was set read-only, and there is no other

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMasterThatIsAliveTakesWritesAgain(boolean automatic) {
    nobodyMayBePromoted();
    origin = automatic ? RecoveryOrigin.AUTOMATIC : PERSON;
    Stage stage = stage().start();
    assertThat(stage.actions()).containsSubsequence(CLOSE, OPEN);
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("must_not");
    assertThat(isAcknowledged(stage)).isTrue();
  }

  @Test
  void itsReplicasFetchAgainFromIt() {
    promotion(false, false, 0, true);
    servers
        .without("r2")
        .with(
            "r1",
            r ->
                r.oracleGtid(UUID + ":1-90")
                    .replication(row -> row.retrieved(UUID + ":91-100").sqlError("bad row")));
    Stage stage = stage().start();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.actions())
        .containsSubsequence(
            new ServerAction.StopIoThread(R1), OPEN, new ServerAction.StartIoThread(R1));
  }

  /** Two masters could take writes, if another manager went on to promote a replica meanwhile. */
  @Test
  void itIsOpenedOnlyAfterThatIsRecorded() {
    nobodyMayBePromoted();
    Stage stage = stage().start();
    List<Effect> before =
        stage.effects.stream()
            .takeWhile(e -> !(e instanceof Effect.Perform p && p.action().equals(OPEN)))
            .toList();
    assertThat(before)
        .anyMatch(e ->
            e instanceof Effect.Commit commit
                && commit.commands().toString().contains("PromotionIntended[candidate=m:3306]"));
  }

  @Test
  void oneThatWasReadOnlyBeforeStaysSo() {
    nobodyMayBePromoted();
    servers.with("m", InstanceBuilder::readOnly);
    assertThat(stage().start().actions()).doesNotContain(OPEN);
  }

  /** The master does so at once, and says so two seconds later. */
  private Stage hesitantToClose() {
    Stage stage = stage();
    return stage.answering(
        Effect.Perform.class,
        e -> {
          Effect.Perform perform = (Effect.Perform) e;
          if (!perform.action().equals(CLOSE)) {
            return Optional.empty();
          }
          stage.after(
              Duration.ofSeconds(2),
              new Event.ActionFinished(
                  e.id(), new ActionOutcome.Applied(stage.apply(perform.action()))));
          return Optional.of(new Event.Woken(-1));
        });
  }

  /** It hung, and does what it was told when everybody has given up. */
  @Test
  void oneThatAnswersLateIsOpenedTooThenAndProcessesAreNotRunTwice() {
    nobodyMayBePromoted();
    policy = policy.with(Map.of(HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm")));
    Stage stage = hesitantToClose().start();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.hooks()).hasSize(1);
  }

  @Test
  void oneThatCannotBeOpenedIsNamedAsPerhapsReadOnly() {
    nobodyMayBePromoted();
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action().equals(OPEN)
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.NotApplied("it went away")))
                        : Optional.empty())
            .start();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.ticket.errors())
        .anySatisfy(error -> assertThat(error).contains("m:3306", "may be read-only"));
    assertThat(stage.actions())
        .as("they may go on when it is back")
        .contains(new ServerAction.StartIoThread(R1), new ServerAction.StartIoThread(R2));
  }

  /** What it has fetched is perhaps nowhere else, and a restarted IO thread throws it away. */
  @Test
  void aMariaDbReplicaKeepsWhatItFetchedAsLongAsNoMasterIsOpen() {
    servers
        .without("r2")
        .withAll(s -> s.mariaDb("11.4.5-MariaDB").mariaDbGtid("0-1-100"))
        .with(
            "r1",
            r ->
                r.mariaDbGtid("0-1-90")
                    .replication(row -> row.retrieved("0-1-100").sqlError("bad row"))
                    .promotionRule(PromotionRule.MUST_NOT));
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action().equals(OPEN)
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.NotApplied("it went away")))
                        : Optional.empty())
            .start();
    assertThat(stage.actions())
        .contains(OPEN)
        .noneMatch(ServerAction.StartIoThread.class::isInstance)
        .noneMatch(ServerAction.StartReplication.class::isInstance);
  }

  @Test
  void anotherManagerGoesOnToOpenIt() {
    nobodyMayBePromoted();
    servers.with("m", InstanceBuilder::readOnly);
    Stage stage = stage();
    stage.ticket =
        stage.ticket.with(new JournalEntry.PromotionIntended(MASTER), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.actions()).noneMatch(a -> a instanceof SetReadOnly set && set.readOnly());
  }

  @Test
  void aProcessThatFailsAfterwardsKeepsNoneOfTheOthersFromRunning() {
    nobodyMayBePromoted();
    policy = policy.with(Map.of(HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("one", "two")));
    Stage stage =
        stage()
            .answering(
                Effect.RunHook.class,
                e -> Optional.of(new Event.HookFinished(e.id(), false, Duration.ZERO, "no")))
            .start();
    assertThat(stage.hooks().map(Effect.RunHook::command)).containsExactly("one", "two");
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.server("m").readOnly()).isFalse();
  }

  /** What it reads is not how the master was, but what the first manager made of it. */
  @ParameterizedTest
  @MethodSource("deaths")
  void theNextManagerOpensWhatTheFirstClosed(int death) {
    nobodyMayBePromoted();
    policy = policy.with(Map.of(HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm")));
    Stage stage = stage().managerDying(death).start();
    assertThat(stage.managerDied()).isTrue();
    stage.seenByAnother().resume();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  static IntStream deaths() {
    FailedFailoverTest whole = new FailedFailoverTest();
    whole.nobodyMayBePromoted();
    whole.policy =
        whole.policy.with(Map.of(HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm")));
    Stage stage = whole.stage().start();
    // Before the record is closed.
    return IntStream.range(1, stage.effects.size() - 1);
  }

  /** When all but the processes for failures was done; nobody waited for the master's answer. */
  @Test
  void theNextManagerOpensWhatWasClosedWithoutAnAnswer() {
    nobodyMayBePromoted();
    policy = policy.with(Map.of(HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm")));
    Stage stage = hesitantToClose();
    stage.answering(
        Effect.RunHook.class,
        e -> {
          stage.managerDying(1);
          return Optional.of(new Event.Woken(-1));
        });
    stage.start();
    assertThat(stage.ticket.hooksStarted()).isNotEmpty();
    assertThat(stage.server("m").readOnly()).isTrue();
    stage.answering(
        Effect.RunHook.class,
        e -> Optional.of(new Event.HookFinished(e.id(), true, Duration.ZERO, "")));
    stage.seenByAnother().resume();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  /** Then two of them would take writes. */
  @Test
  void oneOfTwoCoMastersStaysReadOnly() {
    servers.with("m", m -> m.replicatesFrom("r1").oracleGtid(UUID + ":1-100"));
    nobodyMayBePromoted();
    assertThat(stage("DeadCoMaster").start().actions()).contains(CLOSE).doesNotContain(OPEN);
  }

  @Test
  void itIsNotOpenedBesideAServerThatMayHaveBeenMadeWritable() {
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action().target().equals(R1)
                            && ((Effect.Perform) e).action() instanceof SetReadOnly
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.Unknown("no answer")))
                        : Optional.empty())
            .start();
    assertThat(stage.ticket.intended()).contains(R1);
    assertThat(stage.actions()).doesNotContain(OPEN);
  }

  // What holds back the next attempt

  private static Arguments veto(String reason, Consumer<FailedFailoverTest> cause) {
    return Arguments.of(reason, cause);
  }

  static List<Arguments> vetoes() {
    return List.of(
        veto("must_not", FailedFailoverTest::nobodyMayBePromoted),
        veto("no binary log", t -> t.servers.withReplicasOf("m", InstanceBuilder::withoutBinlog)),
        veto(
            "PromotionIgnoreHostnameFilters",
            t ->
                t.policy =
                    t.policy.with(
                        new PromotionBuilder()
                            .ignored(key -> key.hostname().startsWith("r"))
                            .build())),
        veto(
            "PreventCrossDataCenterMasterFailover",
            t -> {
              t.promotion(true, false, 0, false);
              t.servers.withReplicasOf("m", r -> r.dataCenter("dc2"));
            }),
        veto(
            "PreventCrossRegionMasterFailover",
            t -> {
              t.promotion(false, true, 0, false);
              t.servers.withReplicasOf("m", r -> r.region("west"));
            }),
        veto(
            "FailMasterPromotionOnLagMinutes",
            t -> {
              t.promotion(false, false, 1, false);
              t.servers.withReplicasOf("m", r -> r.lagSeconds(60));
            }));
  }

  private void notUpToDate() {
    promotion(false, false, 0, true);
    servers.withReplicasOf(
        "m",
        r ->
            r.oracleGtid(UUID + ":1-90")
                .replication(row -> row.retrieved(UUID + ":91-100").sqlError("bad row")));
  }

  static Stream<Arguments> allVetoes() {
    return Stream.concat(
        vetoes().stream(),
        Stream.of(
            veto("FailMasterPromotionIfSQLThreadNotUpToDate", FailedFailoverTest::notUpToDate),
            veto(
                "FencingProcesses",
                t -> t.policy = t.policy.with(Map.of(HookPoint.FENCING, List.of("power off"))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("allVetoes")
  void aVetoHoldsBackNothingAndTheRecordSaysWhy(String reason, Consumer<FailedFailoverTest> cause) {
    cause.accept(this);
    Stage stage =
        stage()
            .silent("m")
            .answering(
                Effect.RunHook.class,
                e -> Optional.of(new Event.HookFinished(e.id(), false, Duration.ZERO, "no")))
            .start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.intended()).isEmpty();
    assertThat(stage.ticket.errors()).singleElement().asString().contains(reason);
    assertThat(isAcknowledged(stage)).isTrue();
    assertThat(stage.actions())
        .contains(new ServerAction.StartIoThread(R1), new ServerAction.StartIoThread(R2));
  }

  @Test
  void processesForThatAreRun() {
    nobodyMayBePromoted();
    policy =
        policy.with(
            Map.of(
                HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm {failedHost} {successorHost}"),
                HookPoint.POST_FAILOVER, List.of("not me")));
    Stage stage = stage().silent("m").start();
    assertThat(stage.hooks())
        .singleElement()
        .satisfies(hook -> assertThat(hook.command()).isEqualTo("alarm m {successorHost}"))
        .satisfies(
            hook -> assertThat(hook.environment()).containsEntry("ORC_IS_SUCCESSFUL", "false"));
  }

  /** For a manager to acknowledge it would be to accept the loss. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRefusedLossIsLeftToAPerson(boolean alive) {
    policy = policy.with(SafetyPolicy.DEFAULT.with(Durability.ASK));
    servers.withReplicasOf("m", r -> r.oracleGtid(UUID + ":1-97"));
    Stage stage = alive ? stage() : stage().silent("m");
    stage.start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(isAcknowledged(stage)).isFalse();
  }

  /** A server was reset for it: that is not to be done again each minute. */
  @Test
  void aServerThatWasTriedInVainHoldsBackTheNextAttempt() {
    Stage stage =
        stage()
            .silent("m")
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action() instanceof SetReadOnly set && !set.readOnly()
                        ? Optional.of(
                            new Event.ActionFinished(e.id(), new ActionOutcome.NotApplied("full")))
                        : Optional.empty())
            .start();
    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(stage.ticket.errors()).isNotEmpty();
    assertThat(isAcknowledged(stage)).isFalse();
  }

  // Before anything is touched

  private Gate means(RecoveryOrigin by) {
    return RecoveryGates.of(stage().circumstances, by, ReplicatedState.EMPTY, TopologyBuilder.NOW)
        .stream()
        .filter(gate -> gate.name().equals("means"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vetoes")
  void aPersonIsToldBeforeTheMasterIsTouched(String reason, Consumer<FailedFailoverTest> cause) {
    cause.accept(this);
    assertThat(means(PERSON).open()).isFalse();
    assertThat(means(PERSON).explanation()).contains("r1:3306", "r2:3306", reason);
    assertThat(means(RecoveryOrigin.AUTOMATIC).open()).as("it is recorded").isTrue();
    assertThat(means(RecoveryOrigin.AUTOMATIC).explanation()).contains(reason);
  }

  private static RecoveryOrigin naming(InstanceKey candidate) {
    return new RecoveryOrigin(false, "force-master-takeover", Optional.of(candidate), false);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vetoes")
  void theOneThatWasNamedMustBeFit(String reason, Consumer<FailedFailoverTest> cause) {
    servers.without("r2");
    cause.accept(this);
    servers.with("r2", r -> r.replicatesFrom("m").dataCenter("dc1").region("east"));
    assertThat(means(naming(R1)).open()).isFalse();
    assertThat(means(naming(R1)).explanation()).contains("r1:3306", reason).doesNotContain("r2");
  }

  /** A person knows better than what only makes others come first. */
  @Test
  void theOneThatWasNamedMayLagBeInDowntimeAndHaveErrantTransactions() {
    String errant = InstanceBuilder.uuidOf(R1) + ":1-3";
    servers.with("r1", r -> r.lagSeconds(600).oracleGtid(UUID + ":1-100," + errant));
    ReplicatedState state = new States().downtime("r1").build();
    Stage stage = new Stage(servers, "m", "DeadMaster", policy, naming(R1), state).start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.journal()).anyMatch(entry -> entry.toString().contains("has errant"));
  }

  @Test
  void theOneThatWasNamedMustAnswer() {
    servers.with("r1", InstanceBuilder::unreachable);
    assertThat(means(naming(R1)).open()).isFalse();
    assertThat(means(naming(R1)).explanation()).contains("does not answer");
    assertThat(means(naming(R2)).open()).isTrue();
    assertThat(means(PERSON).open()).isTrue();
  }

  @Test
  void oneThatWasNeverReadMayTurnOutFit() {
    servers
        .with("r1", InstanceBuilder::neverSeen)
        .with("r2", r -> r.promotionRule(PromotionRule.MUST_NOT));
    assertThat(means(PERSON).open()).isTrue();
  }
}
