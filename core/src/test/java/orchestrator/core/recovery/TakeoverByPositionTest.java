package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.relocation.ServerAction.SourcePosition.FileAndPosition;
import orchestrator.core.relocation.ServerAction.StartReplication;
import orchestrator.core.relocation.ServerAction.StopReplication;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A planned takeover where replicas do not use GTIDs. */
class TakeoverByPositionTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final InstanceKey R3 = TopologyBuilder.key("r3");
  private static final SetReadOnly HOLD = new SetReadOnly(MASTER, true, false);
  private static final SetReadOnly REOPEN = new SetReadOnly(MASTER, false, false);
  private static final SetReadOnly PROMOTE = new SetReadOnly(R1, false, false);
  private static final StopReplication HALT = new StopReplication(R1);
  private static final PromotionBase BASE =
      new PromotionBase(R1, at(900), Optional.of(ownPlace(4711)));
  private static final PseudoGtid PSEUDO_GTID = PseudoGtid.injected(100);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.gtidMode("OFF").binlogPosition("master-bin.000009", 900))
          .withReplicasOf("m", r -> stand(r.gtidMode("OFF"), 900))
          .with("r1", r -> r.binlogPosition("r1-bin.000004", 4711));

  private static BinlogCoordinates at(long position) {
    return BinlogCoordinates.binary("master-bin.000009", position);
  }

  private static BinlogCoordinates ownPlace(long position) {
    return BinlogCoordinates.binary("r1-bin.000004", position);
  }

  private static InstanceBuilder stand(InstanceBuilder replica, long position) {
    return replica.replication(row -> row.positions(at(position), at(position)));
  }

  private Stage stage() {
    return new Stage(servers, policy, RecoveryOrigin.takeover(R1, true));
  }

  private static ChangeSource below(InstanceKey replica, long place) {
    return new ChangeSource(replica, R1, new FileAndPosition(ownPlace(place)), true);
  }

  private static ReplicaFate fate(Stage stage, InstanceKey replica) {
    return Optional.ofNullable(stage.ticket.fates().get(replica)).orElseThrow();
  }

  /** The replica is read as it is told, as long as it replicates from the master. */
  private static Stage standing(Stage stage, String replica, long position) {
    return stage.answering(
        Effect.Probe.class,
        e -> {
          boolean isAsked = ((Effect.Probe) e).key().equals(TopologyBuilder.key(replica));
          return isAsked && stage.server(replica).sourceKey().equals(Optional.of(MASTER))
              ? Optional.of(
                  new Event.Probed(
                      e.id(), stage.change(replica, r -> stand(r, position)).server(replica)))
              : Optional.empty();
        });
  }

  private static Stage failing(Stage stage, ServerAction action, int times, boolean unknown) {
    int[] count = {0};
    return stage.answering(
        Effect.Perform.class,
        e ->
            ((Effect.Perform) e).action().equals(action) && count[0]++ < times
                ? Optional.of(
                    new Event.ActionFinished(
                        e.id(),
                        unknown
                            ? new ActionOutcome.Unknown("no answer")
                            : new ActionOutcome.NotApplied("refused")))
                : Optional.empty());
  }

  private static void assertUndone(Stage stage) {
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.server("m").readOnly()).isFalse();
    for (String replica : List.of("r1", "r2", "r3")) {
      assertThat(stage.server(replica).sourceKey()).as(replica).contains(MASTER);
      assertThat(stage.server(replica).isReplicating()).as(replica).isTrue();
    }
    assertThat(stage.actions()).doesNotContain(below(R2, 4711), below(MASTER, 4711));
  }

  private static void assertDone(Stage stage) {
    assertThat(stage.ticket.errors()).isEmpty();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.base()).contains(BASE);
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).containsExactly(R2, R3);
    for (String replica : List.of("m", "r2", "r3")) {
      assertThat(stage.server(replica).sourceKey()).as(replica).contains(R1);
      assertThat(stage.server(replica).isReplicating()).as(replica).isTrue();
    }
  }

  @Test
  void allGoOnFromWhereTheTargetStoodAndTheOldMasterIsTheLast() {
    Stage stage = stage().start();
    assertDone(stage);
    assertThat(stage.actions())
        .filteredOn(a -> a instanceof ChangeSource || a instanceof SetReadOnly || a.equals(HALT))
        .containsExactly(
            HOLD, HALT, PROMOTE, below(R2, 4711), below(R3, 4711), below(MASTER, 4711));
  }

  @Test
  void whereTheTargetStandsIsReadAfterItWasStoppedAndCommittedWithTheIntent() {
    Stage stage = stage().start();
    assertThat(stage.journal().filter(e -> !(e instanceof JournalEntry.Noted)))
        .containsSubsequence(
            new JournalEntry.BaseTaken(BASE), new JournalEntry.PromotionIntended(R1));
    List<ServerAction> actions = stage.actions().toList();
    assertThat(actions.indexOf(HALT))
        .isLessThan(actions.indexOf(new ServerAction.ResetReplication(R1)));
  }

  @Test
  void nobodyIsPromotedBeforeTheOthersHaveAllThatTheMasterWrote() {
    int[] reads = {0};
    Stage stage = standing(stage(), "r2", 700);
    stage
        .answering(
            Effect.Probe.class,
            e ->
                ((Effect.Probe) e).key().equals(R2) && reads[0]++ > 5
                    ? Optional.of(
                        new Event.Probed(
                            e.id(), stage.change("r2", r -> stand(r, 900)).server("r2")))
                    : Optional.empty())
        .start();
    assertDone(stage);
    assertThat(stage.momentOf(PROMOTE)).isGreaterThan(stage.momentOf(HOLD));
  }

  @Test
  void positionsAreComparedByTheNumberOfTheFile() {
    servers
        .with("m", m -> m.binlogPosition("master-bin.1000000", 120))
        .withReplicasOf(
            "m",
            r ->
                r.replication(row ->
                    row.positions(
                        BinlogCoordinates.binary("master-bin.999999", 990),
                        BinlogCoordinates.binary("master-bin.999999", 990))));
    Stage stage = stage();
    stage.answering(
        Effect.Probe.class,
        e ->
            stage.actions().noneMatch(PROMOTE::equals) && ((Effect.Probe) e).key().equals(R1)
                ? Optional.of(new Event.Probed(e.id(), servers.instance("r1")))
                : Optional.empty());
    stage.start();
    assertThat(stage.actions()).doesNotContain(PROMOTE);
    assertThat(stage.server("m").readOnly()).isFalse();
  }

  @Test
  void oneThatDoesNotComeToTheEndOfTheLogEndsIt() {
    Stage stage = standing(stage(), "r2", 700).start();
    assertThat(stage.ticket.errors())
        .first()
        .asString()
        .contains("r2:3306", "master-bin.000009:700", "master-bin.000009:900");
    assertUndone(stage);
    assertThat(stage.actions()).contains(REOPEN).doesNotContain(PROMOTE);
  }

  @Test
  void withPseudoGtidItIsMatchedAfterwards() {
    policy = policy.with(PSEUDO_GTID);
    Stage stage =
        standing(stage(), "r2", 700)
            .answering(
                Effect.ReadLog.class,
                e ->
                    Optional.of(
                        new Event.LogRead(
                            e.id(),
                            new LogAnswer.Place(new MatchResult.Matched(ownPlace(3000), 7)))))
            .start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.actions()).contains(below(R2, 3000), below(R3, 4711), below(MASTER, 4711));
  }

  @Test
  void oneThatIsNotMatchedStaysBelowTheOldMasterAndReplicates() {
    policy = policy.with(PSEUDO_GTID);
    Stage stage =
        standing(stage(), "r2", 700)
            .answering(
                Effect.ReadLog.class,
                e ->
                    Optional.of(
                        new Event.LogRead(
                            e.id(), new LogAnswer.Place(new MatchResult.NotMatched("no marker")))))
            .start();
    assertThat(fate(stage, R2).kind()).isEqualTo(ReplicaFate.Kind.KEPT);
    assertThat(stage.ticket.errors()).singleElement().asString().contains("r2:3306", "no marker");
    assertThat(stage.actions())
        .containsSubsequence(new StopReplication(R2), new StartReplication(R2))
        .doesNotContain(new ServerAction.DetachSource(R2))
        .contains(below(MASTER, 4711));
    assertThat(stage.server("r2").isReplicating()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTargetThatCannotBeStoppedIsNotPromoted(boolean unknown) {
    Stage stage = failing(stage(), HALT, 1000, unknown).start();
    assertUndone(stage);
    assertThat(stage.ticket.errors()).first().asString().contains("could not be stopped");
  }

  @Test
  void aTargetThatCannotBeMadeWritableGoesOnBelowTheOldMasterWhereItStood() {
    Stage stage = failing(stage(), PROMOTE, 3, false).start();
    assertUndone(stage);
    assertThat(stage.actions())
        .contains(new ChangeSource(R1, MASTER, new FileAndPosition(at(900)), true));
  }

  @Test
  void oneThatMayHaveTakenWritesIsLeftWithAReason() {
    Stage stage = failing(stage(), PROMOTE, 3, false);
    stage.answering(
        Effect.Probe.class,
        e ->
            ((Effect.Probe) e).key().equals(R1) && stage.actions().anyMatch(REOPEN::equals)
                ? Optional.of(
                    new Event.Probed(
                        e.id(),
                        servers
                            .server("r1")
                            .withoutReplication()
                            .binlogPosition("r1-bin.000004", 5000)
                            .build()))
                : Optional.empty());
    stage.start();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.errors())
        .anySatisfy(
            error -> assertThat(error).contains("r1:3306 was left", "master-bin.000009:900"));
    assertThat(stage.actions())
        .noneMatch(a -> a instanceof ChangeSource c && c.target().equals(R1));
  }

  @Test
  void anOldMasterThatHasWrittenMoreIsNotMadeAReplica() {
    Stage stage = stage();
    stage.answering(
        Effect.Probe.class,
        e ->
            ((Effect.Probe) e).key().equals(MASTER) && stage.actions().anyMatch(PROMOTE::equals)
                ? Optional.of(
                    new Event.Probed(
                        e.id(),
                        stage
                            .change("m", m -> m.binlogPosition("master-bin.000009", 950).readOnly())
                            .server("m")))
                : Optional.empty());
    stage.start();
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(stage.ticket.errors())
        .singleElement()
        .asString()
        .contains("The takeover is done", "master-bin.000009:950", "master-bin.000009:900");
    assertThat(stage.actions()).doesNotContain(below(MASTER, 4711));
  }

  @Test
  void aMasterThatDiesWhileItIsHeldIsReplacedByTheTargetThatHasAll() {
    Stage stage = stage();
    stage.answering(
        Effect.Probe.class,
        e ->
            ((Effect.Probe) e).key().equals(MASTER) && stage.actions().anyMatch(HOLD::equals)
                ? Optional.of(new Event.ProbeFailed(e.id(), "silent"))
                : Optional.empty());
    stage.start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).containsExactly(R2, R3);
    assertThat(stage.ticket.errors()).singleElement().asString().contains("was not made a replica");
  }

  @Test
  void aReplicaThatFallsSilentMeanwhileHoldsUpNobody() {
    Stage stage = stage();
    stage.answering(
        Effect.Probe.class,
        e ->
            ((Effect.Probe) e).key().equals(R2) && stage.actions().anyMatch(HOLD::equals)
                ? Optional.of(new Event.ProbeFailed(e.id(), "silent"))
                : Optional.empty());
    servers.with("r2", r -> stand(r, 899));
    standing(stage, "r2", 899);
    stage.answering(
        Effect.Probe.class,
        e ->
            ((Effect.Probe) e).key().equals(R2) && stage.actions().anyMatch(HOLD::equals)
                ? Optional.of(new Event.ProbeFailed(e.id(), "silent"))
                : Optional.empty());
    stage.start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(fate(stage, R2).kind()).isEqualTo(ReplicaFate.Kind.UNREACHABLE);
    assertThat(fate(stage, R3).kind()).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  // Before anything is changed

  private List<Gate> closed() {
    return RecoveryGates.of(
            stage().circumstances,
            RecoveryOrigin.takeover(R1, true),
            ReplicatedState.EMPTY,
            TopologyBuilder.NOW)
        .stream()
        .filter(gate -> !gate.open())
        .toList();
  }

  private void assertRefused(String gate, String reason) {
    assertThat(closed())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.name()).isEqualTo(gate);
          assertThat(one.explanation()).contains(reason);
        });
  }

  @Test
  void allGatesAreOpenWhereAllIsWell() {
    assertThat(closed()).isEmpty();
  }

  @Test
  void aTargetWithoutALogOfWhatItReplicatesIsRefused() {
    servers.with("r1", InstanceBuilder::withoutLogReplicaUpdates);
    assertThat(closed())
        .extracting(Gate::explanation)
        .anySatisfy(text -> assertThat(text).contains("log_replica_updates"));
  }

  @Test
  void aMasterWhosePlaceIsNotKnownIsRefused() {
    servers.with("m", InstanceBuilder::withoutBinlog);
    assertThat(closed())
        .extracting(Gate::explanation)
        .anySatisfy(text -> assertThat(text).contains("where m:3306 writes its log"));
  }

  @Test
  void aReplicaThatCannotComeEqualIsRefusedUnlessPseudoGtidPlacesIt() {
    servers.with("r2", r -> r.delaySeconds(3600));
    assertRefused("other replicas", "PseudoGTIDPattern");
    policy = policy.with(PSEUDO_GTID);
    assertThat(closed()).isEmpty();
  }

  @Test
  void aReplicaThatDoesNotReplicateIsRefused() {
    servers.with("r2", InstanceBuilder::replicationStopped);
    assertRefused("other replicas", "r2:3306: it does not replicate");
  }

  @Test
  void theBestOneIsNotTheOneThatHappensToBeNearer() {
    servers
        .with("r1", r -> stand(r, 500))
        .with("r2", r -> stand(r, 500).promotionRule(PromotionRule.PREFER));
    assertThat(TakeoverChoice.of(stage().circumstances, Optional.empty(), true).target())
        .contains(R2);
  }

  @Test
  void theDryRunTellsThePlaces() {
    RecoveryPlan plan =
        RecoveryPlanner.plan(
            stage().circumstances,
            RecoveryOrigin.takeover(R1, true),
            ReplicatedState.EMPTY,
            TopologyBuilder.NOW);
    assertThat(
            plan.steps().stream()
                .filter(Step.Change.class::isInstance)
                .map(step -> ((Step.Change) step).action()))
        .containsSubsequence(HOLD, HALT, PROMOTE, below(R2, 4711), below(MASTER, 4711));
  }

  // Another manager goes on

  static Stream<Arguments> deaths() {
    return IntStream.range(0, 12)
        .boxed()
        .flatMap(at -> Stream.of(Arguments.of(at, true), Arguments.of(at, false)));
  }

  @ParameterizedTest
  @MethodSource("deaths")
  void theNextManagerBringsItToItsEndWhereverOneDies(int at, boolean made) {
    policy =
        policy.with(
            Map.of(
                HookPoint.PRE_GRACEFUL_TAKEOVER, List.of("pre"),
                HookPoint.POST_GRACEFUL_TAKEOVER, List.of("post")));
    Stage stage = stage();
    List<Effect.Commit> sent = new ArrayList<>();
    stage.answering(
        Effect.Commit.class,
        effect -> {
          sent.add((Effect.Commit) effect);
          return sent.size() == at + 1
              ? Optional.of(new Event.CommitUnknown(effect.id(), "the manager died"))
              : Optional.empty();
        });
    stage.start();
    if (sent.size() > at) {
      if (made) {
        sent.get(at).commands().forEach(command -> apply(command, stage));
      }
      // Its clients have written to it meanwhile, if it takes writes.
      if (!stage.server("r1").readOnly()) {
        stage.change(
            "r1", r -> r.withoutReplication().writable().binlogPosition("r1-bin.000004", 9999));
      }
      stage.resume();
    }
    assertDone(stage);
    assertThat(
            stage
                .actions()
                .filter(a -> a instanceof ChangeSource c && !c.position().equals(place(4711))))
        .isEmpty();
  }

  private static FileAndPosition place(long position) {
    return new FileAndPosition(ownPlace(position));
  }

  private static void apply(Command command, Stage stage) {
    if (command instanceof Command.Journal journal) {
      for (JournalEntry entry : journal.entries()) {
        stage.ticket = stage.ticket.with(entry, journal.at());
      }
    }
  }

  private Stage promoted() {
    Stage stage = stage();
    stage.ticket =
        stage
            .ticket
            .with(new JournalEntry.CandidateChosen(R1, "asked for"), TopologyBuilder.NOW)
            .with(new JournalEntry.BaseTaken(BASE), TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW)
            .with(new JournalEntry.Promoted(R1, "", Optional.empty()), TopologyBuilder.NOW);
    return stage
        .change("m", InstanceBuilder::readOnly)
        .change("r1", r -> r.withoutReplication().writable().binlogPosition("r1-bin.000004", 9999));
  }

  @Test
  void anOldMasterThatAnEarlierRunHasTurnedIsOnlyStarted() {
    Stage stage =
        promoted()
            .change("r2", r -> r.replicatesFrom("r1"))
            .change("r3", r -> r.replicatesFrom("r1"))
            .change(
                "m",
                m ->
                    m.replicatesFrom("r1")
                        .replication(row -> row.positions(ownPlace(5000), ownPlace(5000)))
                        .replicationStopped()
                        .binlogPosition("master-bin.000009", 1300))
            .resume();
    assertThat(stage.actions())
        .contains(new StartReplication(MASTER))
        .noneMatch(a -> a instanceof ChangeSource c && c.target().equals(MASTER));
    assertThat(stage.ticket.errors()).isEmpty();
  }

  @Test
  void aReplicaThatGotMoreFromTheTurnedMasterStaysBelowIt() {
    Stage stage =
        promoted()
            .change("r2", r -> stand(r, 1300))
            .change(
                "m",
                m ->
                    m.replicatesFrom("r1")
                        .replication(row -> row.positions(ownPlace(5000), ownPlace(5000)))
                        .binlogPosition("master-bin.000009", 1300))
            .resume();
    assertThat(fate(stage, R2).kind()).isEqualTo(ReplicaFate.Kind.KEPT);
    assertThat(stage.actions())
        .noneMatch(a -> a instanceof ChangeSource c && c.target().equals(R2));
    assertThat(stage.server("r2").isReplicating()).isTrue();
  }

  @Test
  void anotherManagerUndoesWhatWasBeingUndoneAndKnowsWhereTheTargetStood() {
    Stage stage = stage();
    stage.ticket =
        stage
            .ticket
            .with(new JournalEntry.CandidateChosen(R1, "asked for"), TopologyBuilder.NOW)
            .with(new JournalEntry.BaseTaken(BASE), TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(MASTER), TopologyBuilder.NOW);
    stage.change("m", InstanceBuilder::readOnly);
    stage.change("r1", r -> r.withoutReplication().readOnly());
    assertUndone(stage.resume());
    assertThat(stage.actions())
        .contains(new ChangeSource(R1, MASTER, new FileAndPosition(at(900)), true));
  }
}
