package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.binlog.LogTail;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.ChangeSource;
import orchestrator.core.relocation.ServerAction.SourcePosition.FileAndPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ThreadState;
import org.junit.jupiter.api.Test;

/** A master dies whose replicas do not use GTIDs. */
class PositionRecoveryTest {
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final InstanceKey R3 = TopologyBuilder.key("r3");
  private static final PseudoGtid PSEUDO_GTID = PseudoGtid.injected(100);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.unreachable().gtidMode("OFF").binlogPosition("master-bin.000009", 900))
          .withReplicasOf("m", r -> r.failingToConnect().gtidMode("OFF"))
          .with("r1", r -> r.binlogPosition("r1-bin.000004", 4711));

  PositionRecoveryTest() {
    stand("r1", 900, 900);
    stand("r2", 900, 900);
    stand("r3", 900, 900);
  }

  private static BinlogCoordinates at(long position) {
    return BinlogCoordinates.binary("master-bin.000009", position);
  }

  private static BinlogCoordinates ownPlace(long position) {
    return BinlogCoordinates.binary("r1-bin.000004", position);
  }

  private void stand(String replica, long read, long executed) {
    servers.with(replica, r -> r.replication(row -> row.positions(at(read), at(executed))));
  }

  private Stage stage() {
    return new Stage(servers, policy, RecoveryOrigin.AUTOMATIC);
  }

  private static ChangeSource below(InstanceKey replica, long place) {
    return new ChangeSource(replica, R1, new FileAndPosition(ownPlace(place)), true);
  }

  private static ReplicaFate fate(Stage stage, InstanceKey replica) {
    return Optional.ofNullable(stage.ticket.fates().get(replica)).orElseThrow();
  }

  private static ReplicaFate.Kind kind(Stage stage, InstanceKey replica) {
    return fate(stage, replica).kind();
  }

  @Test
  void equalReplicasGoOnFromWhereThePromotedOneStood() {
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.actions()).contains(below(R2, 4711), below(R3, 4711));
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
    assertThat(stage.ticket.base())
        .contains(new PromotionBase(R1, at(900), Optional.of(ownPlace(4711))));
  }

  @Test
  void whereItStandsIsReadAfterItsReplicationWasStoppedAndCommittedWithTheIntent() {
    Stage stage = stage().start();
    List<ServerAction> actions = stage.actions().toList();
    assertThat(actions.indexOf(new ServerAction.StopReplication(R1)))
        .isBetween(0, actions.indexOf(new ServerAction.ResetReplication(R1)));
    assertThat(stage.journal().filter(e -> !(e instanceof JournalEntry.Noted)))
        .containsSubsequence(
            new JournalEntry.BaseTaken(new PromotionBase(R1, at(900), Optional.of(ownPlace(4711)))),
            new JournalEntry.PromotionIntended(R1));
  }

  @Test
  void nobodyIsMovedBeforeThePromotedServerIsReadToBeWritable() {
    List<ServerAction> actions = stage().start().actions().toList();
    assertThat(actions.indexOf(below(R2, 4711)))
        .isGreaterThan(actions.indexOf(new ServerAction.SetReadOnly(R1, false, false)));
  }

  /** Each start begins a file; what a crash took from the one before nobody can tell. */
  @Test
  void oneThatRestartedInItsPromotionIsNotPromotedIfAnotherHasAsMuch() {
    Stage stage = restartingInItsPromotion(stage()).start();
    assertThat(stage.ticket.promoted()).contains(R2);
    assertThat(stage.writable()).containsExactly(R2);
    assertThat(kind(stage, R1)).isEqualTo(ReplicaFate.Kind.LOST);
  }

  @Test
  void oneThatRestartedInItsPromotionIsPromotedIfNobodyHasAsMuch() {
    stand("r2", 800, 800);
    stand("r3", 800, 800);
    assertThat(restartingInItsPromotion(stage()).start().ticket.promoted()).contains(R1);
  }

  private static Stage restartingInItsPromotion(Stage stage) {
    return stage.answering(
        Effect.Perform.class,
        effect -> {
          Effect.Perform perform = (Effect.Perform) effect;
          if (!perform.action().equals(new ServerAction.ResetReplication(R1))) {
            return Optional.empty();
          }
          stage.change("r1", r -> r.withoutReplication().binlogPosition("r1-bin.000005", 157));
          return Optional.of(
              new Event.ActionFinished(
                  perform.id(), new ActionOutcome.Applied(stage.server("r1"))));
        });
  }

  @Test
  void theMostAdvancedOfThoseThatCanBePromotedIs() {
    stand("r1", 800, 800);
    stand("r2", 700, 700);
    servers.with("r3", r -> r.withoutLogReplicaUpdates());
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(fate(stage, R3).reason()).contains("master-bin.000009:800", "900");
    assertThat(kind(stage, R3)).isEqualTo(ReplicaFate.Kind.LOST);
  }

  @Test
  void positionsAreComparedByTheNumberOfTheFile() {
    servers.with(
        "r1",
        r ->
            r.replication(row ->
                row.positions(
                    BinlogCoordinates.binary("master-bin.1000000", 4),
                    BinlogCoordinates.binary("master-bin.1000000", 4))));
    servers.with(
        "r2",
        r ->
            r.replication(row ->
                row.positions(
                    BinlogCoordinates.binary("master-bin.999999", 990),
                    BinlogCoordinates.binary("master-bin.999999", 990))));
    assertThat(stage().start().ticket.promoted()).contains(R1);
  }

  @Test
  void withoutPseudoGtidOneThatHasLessIsLostWithAReason() {
    servers.with("r2", r -> r.replication(row -> row.sqlError("no such row")));
    stand("r2", 900, 500);
    Stage stage = stage().start();
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(fate(stage, R2).reason()).contains("500", "900", "PseudoGTIDPattern");
    assertThat(stage.actions()).contains(new ServerAction.DetachSource(R2));
    assertThat(kind(stage, R3)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void withPseudoGtidOneThatHasLessGoesOnFromItsPlace() {
    policy = policy.with(PSEUDO_GTID);
    stand("r2", 500, 500);
    Stage stage =
        stage()
            .answering(
                Effect.ReadLog.class, e -> found(e, new MatchResult.Matched(ownPlace(2000), 7)))
            .start();
    assertThat(stage.actions()).contains(below(R2, 2000), below(R3, 4711));
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
    assertThat(questions(stage))
        .singleElement()
        .satisfies(question -> {
          assertThat(question.question().replica()).isEqualTo(R2);
          assertThat(question.question().notAfter()).contains(ownPlace(4711));
        });
  }

  @Test
  void oneThatCannotBeMatchedIsLeftAndReported() {
    policy = policy.with(PSEUDO_GTID);
    stand("r2", 500, 500);
    Stage stage =
        stage()
            .answering(
                Effect.ReadLog.class,
                e -> found(e, new MatchResult.NotMatched("there is no marker")))
            .start();
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(fate(stage, R2).reason()).contains("there is no marker");
    assertThat(stage.actions())
        .noneMatch(action -> action instanceof ChangeSource c && c.target().equals(R2));
  }

  @Test
  void aReplicaThatStillAppliesBecomesEqualFirst() {
    stand("r2", 900, 500);
    Stage stage = stage().start();
    assertThat(stage.actions()).contains(below(R2, 4711));
  }

  @Test
  void theBeginningOfATransactionThatTheMasterDidNotFinishHoldsUpNobody() {
    stand("r1", 950, 900);
    stand("r2", 920, 900);
    stand("r3", 900, 900);
    Stage stage =
        stage()
            .answering(Effect.Probe.class, e -> Optional.of(standingStill((Effect.Probe) e)))
            .answering(Effect.ReadLog.class, e -> rest(e, LogTail.Rest.NOTHING))
            .start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.momentOf(new ServerAction.SetReadOnly(R1, false, false)))
        .isLessThan(Duration.ofSeconds(1));
    assertThat(kind(stage, R3)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  private Event standingStill(Effect.Probe probe) {
    return new Event.Probed(probe.id(), servers.instance(probe.key().hostname()));
  }

  @Test
  void aSuccessorOfTheManagerTakesNoLaterPlace() {
    Stage stage = stage();
    stage.ticket =
        stage
            .ticket
            .with(
                new JournalEntry.BaseTaken(
                    new PromotionBase(R1, at(900), Optional.of(ownPlace(4711)))),
                TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW);
    // It was made writable, and clients have written to it.
    stage.change(
        "r1", r -> r.withoutReplication().writable().binlogPosition("r1-bin.000004", 9999));
    stage.resume();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.actions()).contains(below(R2, 4711), below(R3, 4711));
    assertThat(stage.journal()).noneMatch(JournalEntry.BaseTaken.class::isInstance);
  }

  @Test
  void aReplicaThatAnEarlierRunHasMovedIsLeftWhereItIs() {
    Stage stage = stage();
    stage.ticket =
        stage
            .ticket
            .with(
                new JournalEntry.BaseTaken(
                    new PromotionBase(R1, at(900), Optional.of(ownPlace(4711)))),
                TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW)
            .with(new JournalEntry.Promoted(R1, "", Optional.empty()), TopologyBuilder.NOW);
    stage.change("r1", r -> r.withoutReplication().writable());
    stage.change(
        "r2",
        r ->
            r.replicatesFrom("r1")
                .replication(row -> row.positions(ownPlace(4900), ownPlace(4900)))
                .replicationStopped());
    stage.resume();
    assertThat(stage.actions())
        .contains(new ServerAction.StartReplication(R2))
        .noneMatch(action -> action instanceof ChangeSource c && c.target().equals(R2));
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  /** The second attempt finds it stopped, below the new master already. */
  @Test
  void aMoveThatIsExecutedAfterItWasGivenUpIsLeftAsItIs() {
    Stage stage = stage();
    stage
        .answering(
            Effect.Perform.class,
            e -> {
              boolean moves = ((Effect.Perform) e).action().equals(below(R2, 4711));
              if (moves) {
                stage.apply(((Effect.Perform) e).action());
              }
              return moves
                  ? Optional.of(
                      new Event.ActionFinished(e.id(), new ActionOutcome.Unknown("no answer")))
                  : Optional.empty();
            })
        .answering(
            Effect.Probe.class,
            e ->
                ((Effect.Probe) e).key().equals(R2)
                    ? Optional.of(new Event.ProbeFailed(e.id(), "no answer"))
                    : Optional.empty())
        .start();
    assertThat(stage.actions().filter(below(R2, 4711)::equals)).hasSize(1);
    assertThat(stage.actions()).contains(new ServerAction.StartReplication(R2));
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void aCandidateThatCannotBeStoppedIsNotPromoted() {
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e ->
                    ((Effect.Perform) e).action().equals(new ServerAction.StopReplication(R1))
                        ? Optional.of(
                            new Event.ActionFinished(
                                e.id(), new ActionOutcome.NotApplied("it does not")))
                        : Optional.empty())
            .start();
    assertThat(stage.ticket.promoted()).contains(R2);
  }

  @Test
  void theLossIsToldInCoordinatesAndNoGtidIsInvented() {
    stand("r1", 800, 800);
    stand("r2", 800, 800);
    stand("r3", 800, 800);
    Stage stage = stage().start();
    assertThat(stage.ticket.loss().knownMissing()).isEmpty();
    assertThat(stage.ticket.loss().log())
        .hasValueSatisfying(log -> {
          assertThat(log.seen()).contains(at(900));
          assertThat(log.executed()).isEqualTo(at(800));
          assertThat(log.isKnown()).isTrue();
        });
  }

  @Test
  void aKnownLossIsRefusedWhereThatIsConfigured() {
    policy = policy.with(SafetyPolicy.DEFAULT.with(SafetyPolicy.Durability.REFUSE_LOSS));
    stand("r1", 800, 800);
    stand("r2", 800, 800);
    stand("r3", 800, 800);
    Stage stage = stage().silent("m").start();
    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(stage.ticket.errors())
        .singleElement()
        .asString()
        .contains("master-bin.000009:800", "master-bin.000009:900");
    // The candidate was stopped for good: it replicates again, as the others fetch again.
    assertThat(stage.actions())
        .contains(new ServerAction.StartReplication(R1), new ServerAction.StartIoThread(R2));
  }

  @Test
  void aReplicaThatAnswersLateIsMovedIfItHadAsMuch() {
    policy = policy.with(Map.of(HookPoint.POST_FAILOVER, List.of("tell")));
    Stage stage = stage().slow("r3", Duration.ofMillis(2500)).start();
    assertThat(kind(stage, R3)).isIn(ReplicaFate.Kind.MOVED, ReplicaFate.Kind.UNREACHABLE);
    assertThat(kind(stage, R2)).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  /** Nobody could get it from a sibling later. */
  @Test
  void aLivingMasterThatAPersonReplacesIsFetchedToItsEndFirst() {
    servers
        .with("m", m -> m.seenAt(TopologyBuilder.NOW))
        .withReplicasOf("m", r -> r.replication(row -> row.ioThread(ThreadState.RUNNING)));
    stand("r1", 700, 700);
    stand("r2", 800, 600);
    Stage stage =
        new Stage(
                servers,
                policy,
                new RecoveryOrigin(false, "force-master-takeover", Optional.of(R1), false))
            .start();
    assertThat(stage.ticket.base().map(PromotionBase::executed)).contains(at(900));
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).containsExactly(R2, R3);
  }

  @Test
  void aReplicaThatFetchesNothingOfALivingMasterIsNotWaitedForLong() {
    servers
        .with("m", m -> m.seenAt(TopologyBuilder.NOW))
        .withReplicasOf("m", r -> r.replication(row -> row.ioThread(ThreadState.RUNNING)))
        .with("r2", r -> r.replication(row -> row.ioThread(ThreadState.STOPPED)));
    stand("r2", 700, 700);
    Stage stage =
        new Stage(
                servers,
                policy,
                new RecoveryOrigin(false, "force-master-takeover", Optional.of(R1), false))
            .start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.momentOf(new ServerAction.SetReadOnly(R1, false, false)))
        .isLessThan(Patience.LIVING_MASTER.plusSeconds(1));
  }

  @Test
  void thePlanOfADryRunTellsWherePositionsAreUsed() {
    RecoveryPlan plan =
        RecoveryPlanner.plan(
            stage().circumstances,
            RecoveryOrigin.AUTOMATIC,
            ReplicatedState.EMPTY,
            TopologyBuilder.NOW);
    assertThat(plan.steps())
        .anyMatch(step -> step instanceof Step.Change c && c.action().equals(below(R2, 4711)));
    assertThat(plan.gates())
        .anyMatch(gate ->
            gate.name().equals("method")
                && gate.open()
                && gate.explanation().contains("by positions"));
  }

  private static Optional<Event> found(Effect effect, MatchResult result) {
    Effect.ReadLog read = (Effect.ReadLog) effect;
    return read.question() instanceof LogQuestion.Place
        ? Optional.of(new Event.LogRead(read.id(), new LogAnswer.Place(result)))
        : Optional.empty();
  }

  private static Optional<Event> rest(Effect effect, LogTail.Rest rest) {
    return Optional.of(new Event.LogRead(effect.id(), new LogAnswer.Rest(rest)));
  }

  private static List<LogQuestion.Place> questions(Stage stage) {
    return stage.effects.stream()
        .filter(e -> e instanceof Effect.ReadLog)
        .map(e -> ((Effect.ReadLog) e).question())
        .filter(LogQuestion.Place.class::isInstance)
        .map(LogQuestion.Place.class::cast)
        .toList();
  }
}
