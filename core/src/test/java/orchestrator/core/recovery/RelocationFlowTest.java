package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.recovery.RecoveryPolicy.Waits;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.ReplicationBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.ThreadState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The alternatives for the replicas {@code a}, {@code b}, {@code c} of the dead intermediate master
 * {@code im}, which replicated from {@code m} beside {@code s1} and {@code s2}.
 */
class RelocationFlowTest {
  private static final String UUID = InstanceBuilder.uuidOf(key("m"));

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;
  private ReplicatedState state = ReplicatedState.EMPTY;
  private String analysis = "DeadIntermediateMaster";
  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.dataCenter("dc1").oracleGtid(UUID + ":1-100"))
          .with("im", r -> sibling(r).unreachable())
          .with("s1", RelocationFlowTest::sibling)
          .with("s2", RelocationFlowTest::sibling)
          .with("a", RelocationFlowTest::orphan)
          .with("b", RelocationFlowTest::orphan)
          .with("c", RelocationFlowTest::orphan);

  private static InstanceBuilder sibling(InstanceBuilder server) {
    return server.replicatesFrom("m").readOnly().dataCenter("dc1").oracleGtid(UUID + ":1-100");
  }

  private static InstanceBuilder orphan(InstanceBuilder server) {
    return server
        .replicatesFrom("im")
        .readOnly()
        .dataCenter("dc1")
        .failingToConnect()
        .oracleGtid(UUID + ":1-100");
  }

  private static InstanceKey key(String server) {
    return TopologyBuilder.key(server);
  }

  private Stage stage() {
    return new Stage(servers, "im", analysis, policy, origin, state);
  }

  private static Stream<String> moves(Stage stage) {
    return stage
        .actions()
        .filter(ServerAction.ChangeSource.class::isInstance)
        .map(ServerAction.ChangeSource.class::cast)
        .map(move -> move.target().hostname() + ">" + move.source().hostname());
  }

  private static ReplicaFate fate(Stage stage, String replica) {
    return stage.ticket.fates().getOrDefault(key(replica), ReplicaFate.UNSETTLED);
  }

  private void elsewhere(String... names) {
    for (String name : names) {
      servers.with(name, s -> s.dataCenter("dc2"));
    }
  }

  // Without GTIDs

  private void withoutGtid() {
    policy = policy.with(PseudoGtid.injected(100));
    for (String orphan : List.of("a", "b", "c")) {
      servers
          .without(orphan)
          .with(
              orphan, s -> s.replicatesFrom("im").readOnly().dataCenter("dc1").failingToConnect());
    }
  }

  private static Optional<Event> matched(Effect effect, InstanceKey notBelow) {
    LogQuestion.Place place = (LogQuestion.Place) ((Effect.ReadLog) effect).question();
    MatchResult result =
        place.question().source().equals(notBelow)
            ? new MatchResult.NotMatched("it has what the source lacks")
            : new MatchResult.Matched(BinlogCoordinates.binary("bin.000007", 99), 3);
    return Optional.of(new Event.LogRead(effect.id(), new LogAnswer.Place(result)));
  }

  @Test
  void replicasWithoutGtidsAreStoppedMatchedAndMovedToTheirPlace() {
    withoutGtid();
    Stage stage = stage().answering(Effect.ReadLog.class, e -> matched(e, key("nobody"))).start();
    assertThat(moves(stage)).containsExactlyInAnyOrder("a>s1", "b>s1", "c>s1");
    assertThat(stage.actions().filter(action -> action.target().equals(key("a"))))
        .containsExactly(
            new ServerAction.StopReplication(key("a")),
            new ServerAction.ChangeSource(
                key("a"),
                key("s1"),
                new SourcePosition.FileAndPosition(BinlogCoordinates.binary("bin.000007", 99)),
                true));
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void whereTheyAreNotMatchedTheNextSourceIsTried() {
    withoutGtid();
    Stage stage = stage().answering(Effect.ReadLog.class, e -> matched(e, key("s1"))).start();
    assertThat(moves(stage)).containsExactlyInAnyOrder("a>s2", "b>s2", "c>s2");
  }

  @Test
  void oneThatIsNowhereMatchedReplicatesAgainFromWhereItDid() {
    withoutGtid();
    Stage stage =
        stage()
            .answering(
                Effect.ReadLog.class,
                e ->
                    Optional.of(
                        new Event.LogRead(
                            e.id(), new LogAnswer.Place(new MatchResult.NotMatched("no marker")))))
            .start();
    assertThat(moves(stage)).isEmpty();
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(fate(stage, "a").reason()).contains("no marker");
    assertThat(stage.actions()).contains(new ServerAction.StartReplication(key("a")));
  }

  // The order of the alternatives

  @Test
  void theReplicasMoveBelowASiblingInTheSameDataCenter() {
    elsewhere("s1");
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("a>s2", "b>s2", "c>s2");
    assertThat(stage.ticket.promoted()).contains(key("s2"));
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void aPreferredSiblingIsBetterThanAnotherInTheSameDataCenter() {
    servers.with("s2", s -> s.promotionRule(PromotionRule.PREFER));
    assertThat(moves(stage().start())).containsExactly("a>s2", "b>s2", "c>s2");
  }

  @Test
  void aPreferredSiblingElsewhereIsNotBetterThanOneInTheSameDataCenter() {
    elsewhere("s2");
    servers.with("s2", s -> s.promotionRule(PromotionRule.PREFER));
    assertThat(moves(stage().start())).containsExactly("a>s1", "b>s1", "c>s1");
  }

  @Test
  void aSiblingThatCanTakeAllIsBetterThanAPreferredOneThatCannot() {
    servers
        .with("s1", s -> s.promotionRule(PromotionRule.PREFER).purged(UUID + ":1-99"))
        .with("a", a -> a.oracleGtid(UUID + ":1-90"));
    assertThat(moves(stage().start())).containsExactly("a>s2", "b>s2", "c>s2");
  }

  @Test
  void aReplicaThatTheBestSiblingCannotTakeGoesToTheNextOne() {
    servers.with("s1", s -> s.purged(UUID + ":1-95")).with("a", a -> a.oracleGtid(UUID + ":1-90"));
    Stage stage = stage().start();
    assertThat(moves(stage)).contains("a>s2");
  }

  @Test
  void withoutASiblingInItsDataCenterOneOfThemTakesTheOthers() {
    elsewhere("s1", "s2", "m");
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("a>s1", "b>a", "c>a");
    assertThat(stage.ticket.promoted()).contains(key("a"));
  }

  @Test
  void theOneThatTakesTheOthersIsTheOneThatCan() {
    elsewhere("s1", "s2", "m");
    servers.with("a", InstanceBuilder::withoutBinlog);
    assertThat(moves(stage().start())).containsExactlyInAnyOrder("b>s1", "a>b", "c>b");
  }

  @Test
  void anotherTakesTheOthersWhenTheFirstCannotBeMoved() {
    elsewhere("s1", "s2", "m");
    Stage stage = stage().answering(Effect.Perform.class, refusing(c -> c.equals(key("a"))));
    stage.start();
    assertThat(moves(stage)).contains("b>s1", "c>b");
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(stage.ticket.successful()).isTrue();
  }

  @Test
  void aSingleReplicaGoesToASiblingElsewhere() {
    elsewhere("s1", "s2", "m");
    servers.without("b").without("c");
    assertThat(moves(stage().start())).containsExactly("a>s1");
  }

  @Test
  void withoutSiblingsTheyGoToTheSource() {
    servers.without("s1").without("s2").without("b").without("c");
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("a>m");
    assertThat(stage.ticket.promoted()).contains(key("m"));
  }

  @Test
  void aSiblingThatDoesNotAnswerIsNotTried() {
    assertThat(moves(stage().silent("s1").start())).containsExactly("a>s2", "b>s2", "c>s2");
  }

  @Test
  void aSiblingThatDiesJustThenIsReplacedByTheNext() {
    Stage stage = stage();
    stage.answering(
        Effect.Perform.class,
        effect -> {
          stage.silent("s1");
          return Optional.empty();
        });
    stage.start();
    assertThat(moves(stage))
        .containsExactlyInAnyOrder("a>s1", "b>s1", "c>s1", "a>s2", "b>s2", "c>s2");
    assertThat(stage.ticket.promoted()).contains(key("s2"));
  }

  @Test
  void whenNobodyCanTakeThemItFailsAndSaysWhy() {
    servers
        .with("s1", InstanceBuilder::withoutBinlog)
        .with("s2", s -> s.promotionRule(PromotionRule.MUST_NOT))
        .with("m", m -> m.purged(UUID + ":1-100"))
        .with("a", a -> a.oracleGtid(UUID + ":1-90"))
        .with("b", a -> a.oracleGtid(UUID + ":1-90").withoutBinlog())
        .without("c");
    Stage stage = stage().start();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(fate(stage, "b").reason()).contains("log_bin", "must_not", "purged");
  }

  @Test
  void theSourceOfAReplacedMasterIsTheOneThatReplacedIt() {
    servers
        .without("s1")
        .without("s2")
        .without("b")
        .without("c")
        .with("m", InstanceBuilder::unreachable)
        .with("n", n -> n.dataCenter("dc1").oracleGtid(UUID + ":1-100"));
    state =
        StateMachine.apply(
                state,
                new Command.WatchDemotedMaster(
                    new DemotedMaster(key("m"), "0:y", key("n"), TopologyBuilder.NOW)),
                LogPosition.NONE)
            .next();
    assertThat(moves(stage().start())).containsExactly("a>n");
  }

  // Who may take them

  @Test
  void siblingsThatAreNotFitAreRejectedWithTheirReason() {
    servers
        .with("s1", InstanceBuilder::withoutLogReplicaUpdates)
        .with("s2", InstanceBuilder::sqlThreadStopped)
        .with("s3", s -> sibling(s).promotionRule(PromotionRule.MUST_NOT))
        .with("s4", s -> sibling(s).binlogServer());
    assertThat(plan().candidates())
        .filteredOn(c -> !c.eligible())
        .extracting(c -> c.server().hostname() + " " + c.reasons().getFirst())
        .anyMatch(text -> text.startsWith("s1") && text.contains("log_replica_updates"))
        .anyMatch(text -> text.startsWith("s2") && text.contains("does not replicate itself"))
        .anyMatch(text -> text.startsWith("s3") && text.contains("must_not"))
        .anyMatch(text -> text.startsWith("s4") && text.contains("binlog server"));
  }

  /** {@code m} gets everything through {@code a}, if through others that nobody looks at. */
  private void ring() {
    servers
        .with("m", m -> m.replicatesFrom("x").readOnly())
        .with("x", x -> sibling(x).replicatesFrom("y"))
        .with("y", y -> sibling(y).replicatesFrom("z"))
        .with("z", z -> sibling(z).replicatesFrom("a"));
  }

  @Test
  void aReplicaIsNotMovedBelowServersThatGetEverythingThroughItAndItSaysWhy() {
    ring();
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("b>s1", "c>s1");
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(fate(stage, "a").reason()).contains("s1:3306", "s2:3306", "m:3306", "such a ring");
  }

  /** A failover that let {@code m} fetch from the replica sends it elsewhere. */
  @Test
  void aReplicaWaitsForARingToOpen() {
    ring();
    Stage stage = stage();
    stage.answering(
        Effect.Probe.class,
        effect -> {
          if (stage.now.isAfter(TopologyBuilder.NOW.plusSeconds(2))) {
            stage.change("m", InstanceBuilder::withoutReplication);
          }
          return Optional.empty();
        });
    assertThat(moves(stage.start())).containsExactlyInAnyOrder("a>s1", "b>s1", "c>s1");
  }

  /**
   * What it waits for is that the ring opens: the dead server may be back, and write through it.
   */
  @Test
  void aReplicaDoesNotWaitForEverForARingWhateverGoesThroughIt() {
    ring();
    Duration patience = Duration.ofSeconds(10);
    policy = policy.with(new Waits(Duration.ofHours(1), patience, Duration.ofSeconds(60)));
    AtomicInteger written = new AtomicInteger(100);
    Stage stage = stage();
    stage.answering(
        Effect.Probe.class,
        effect -> {
          int last = written.incrementAndGet();
          stage.change("m", m -> m.oracleGtid(UUID + ":1-" + last));
          return Optional.empty();
        });
    stage.start();
    assertThat(written.get()).isGreaterThan(110);
    assertThat(fate(stage, "a").reason()).contains("such a ring");
    assertThat(Duration.between(TopologyBuilder.NOW, stage.now))
        .isBetween(patience, patience.plusSeconds(3));
  }

  @Test
  void aRingInWhichOneTakesWritesIsClosedWithoutTheDeadServer() {
    ring();
    servers.with("y", InstanceBuilder::writable);
    assertThat(moves(stage().start())).containsExactly("a>s1", "b>s1", "c>s1");
  }

  @Test
  void aSiblingWithOtherReplicationFiltersIsRejected() {
    servers.with("s1", s -> s.replication(ReplicationBuilder::filters));
    assertThat(moves(stage().start())).containsExactly("a>s2", "b>s2", "c>s2");
  }

  @Test
  void aReplicaWithoutGtidIsLeftAndTheOthersAreMoved() {
    servers.without("b").with("b", b -> b.replicatesFrom("im").readOnly().failingToConnect());
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("a>s1", "c>s1");
    assertThat(fate(stage, "b").kind()).isEqualTo(ReplicaFate.Kind.LOST);
  }

  // MariaDB

  @Test
  void aMariaDbReplicaWaitsForASourceThatIsBehind() {
    mariaDb();
    servers
        .without("s2")
        .without("b")
        .without("c")
        .with("s1", s -> s.mariaDbGtid("0-1-90").replication(row -> row.retrieved("0-1-100")))
        .with("m", m -> m.unreachable());
    Stage stage = stage().start();
    assertThat(stage.actions())
        .contains(
            new ServerAction.ChangeSource(
                key("a"), key("s1"), new SourcePosition.MariaDbSlavePos(), true));
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void aMariaDbReplicaDoesNotWaitForEverForOneThatMakesNoProgress() {
    mariaDb();
    servers
        .without("s2")
        .without("b")
        .without("c")
        .with("s1", s -> s.mariaDbGtid("0-1-90").failingToConnect())
        .with("m", InstanceBuilder::withoutBinlog);
    Stage stage =
        stage().answering(Effect.Probe.class, e -> Optional.of(standingStill((Effect.Probe) e)));
    stage.start();
    assertThat(moves(stage)).isEmpty();
    assertThat(fate(stage, "a").reason()).contains("did not get in time");
    assertThat(Duration.between(TopologyBuilder.NOW, stage.now))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(13));
  }

  private Event standingStill(Effect.Probe probe) {
    return new Event.Probed(probe.id(), servers.instance(probe.key().hostname()));
  }

  private void mariaDb() {
    for (String name : List.of("m", "im", "s1", "s2", "a", "b", "c")) {
      servers.with(name, s -> s.mariaDb("10.11.6-MariaDB").mariaDbGtid("0-1-100"));
    }
  }

  // Accounting

  @Test
  void aSilentReplicaIsUnreachableAndTheOthersAreMoved() {
    Stage stage = stage().silent("b").start();
    assertThat(fate(stage, "b").kind()).isEqualTo(ReplicaFate.Kind.UNREACHABLE);
    assertThat(moves(stage)).containsExactly("a>s1", "c>s1");
    assertThat(stage.ticket.successful()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anUnknownAnswerIsResolvedByALook(boolean done) {
    servers.without("b").without("c");
    Stage stage = stage();
    List<ServerAction> before = new ArrayList<>();
    stage.answering(
        Effect.Perform.class,
        effect -> {
          ServerAction change = ((Effect.Perform) effect).action();
          before.add(change);
          if (before.size() > 1) {
            return Optional.empty();
          }
          if (done) {
            stage.apply(change);
          }
          return Optional.of(
              new Event.ActionFinished(effect.id(), new ActionOutcome.Unknown("reply lost")));
        });
    stage.start();
    assertThat(moves(stage)).hasSize(done ? 1 : 2);
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  @Test
  void aReplicaThatDiesInItsMoveIsUnreachable() {
    servers.without("b").without("c");
    Stage stage = stage();
    stage.answering(
        Effect.Perform.class,
        effect -> {
          stage.silent("a");
          return Optional.empty();
        });
    stage.start();
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.UNREACHABLE);
    assertThat(stage.ticket.successful()).isFalse();
  }

  @Test
  void aSourceThatRefusesTheReplicaIsNotTriedAgain() {
    servers.without("b").without("c");
    Stage stage = stage();
    stage.answering(
        Effect.Perform.class,
        effect ->
            ((Effect.Perform) effect).action() instanceof ServerAction.ChangeSource change
                    && change.source().equals(key("s1"))
                ? Optional.of(
                    new Event.ActionFinished(
                        effect.id(),
                        new ActionOutcome.Applied(
                            Failing.withIoThread(
                                stage.apply(change), ThreadState.STOPPED, "fatal error 1236"))))
                : Optional.empty());
    stage.start();
    assertThat(moves(stage)).containsExactly("a>s1", "a>s2");
  }

  @Test
  void noMoreAreMovedAtOnceThanAllowed() {
    policy = policy.with(new RecoveryPolicy.Replicas(true, Duration.ZERO, 1));
    Stage stage = stage().start();
    List<Effect> effects = stage.effects;
    int first = effects.indexOf(moveOf(effects, "a"));
    assertThat(effects.subList(first + 1, effects.size())).contains(moveOf(effects, "b"));
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(3);
  }

  private static Effect moveOf(List<Effect> effects, String replica) {
    return effects.stream()
        .filter(e -> e instanceof Effect.Perform p && p.action().target().equals(key(replica)))
        .findFirst()
        .orElseThrow();
  }

  // Processes, restarts, other managers

  @Test
  void theProcessesAreThoseOfAnIntermediateMaster() {
    policy =
        policy.with(
            Map.of(
                HookPoint.PRE_FAILOVER, List.of("pre"),
                HookPoint.POST_MASTER_FAILOVER, List.of("not me"),
                HookPoint.POST_INTERMEDIATE_MASTER_FAILOVER, List.of("im {successorHost}"),
                HookPoint.POST_FAILOVER, List.of("post")));
    assertThat(stage().start().hooks().map(Effect.RunHook::command))
        .containsExactly("pre", "im s1", "post");
  }

  /** The replicas have another source already: there is nothing that a process could stop. */
  @Test
  void aProcessThatFailsAfterwardsKeepsNoneOfTheOthersFromRunning() {
    policy =
        policy.with(
            Map.of(
                HookPoint.POST_INTERMEDIATE_MASTER_FAILOVER, List.of("one", "two"),
                HookPoint.POST_FAILOVER, List.of("post")));
    Stage stage = stage().answering(Effect.RunHook.class, RelocationFlowTest::failing).start();
    assertThat(stage.hooks().map(Effect.RunHook::command)).containsExactly("one", "two", "post");
    assertThat(stage.ticket.successful()).isTrue();
  }

  private static Optional<Event> failing(Effect hook) {
    return Optional.of(new Event.HookFinished(hook.id(), false, Duration.ZERO, "no"));
  }

  @Test
  void aProcessThatForbidsItLeavesAllAsItWas() {
    policy = policy.with(Map.of(HookPoint.PRE_FAILOVER, List.of("may I")));
    Stage stage = stage().answering(Effect.RunHook.class, RelocationFlowTest::failing).start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.commands()).anyMatch(Command.AcknowledgeRecoveries.class::isInstance);
  }

  @Test
  void nothingIsSaidOfAMaster() {
    assertThat(stage().start().commands())
        .noneMatch(c ->
            c instanceof Command.PutKeyValue
                || c instanceof Command.MoveCluster
                || c instanceof Command.WatchDemotedMaster
                || c instanceof Command.BeginDowntime);
  }

  @Test
  void noServerIsMadeWritable() {
    assertThat(stage().start().actions()).allMatch(ServerAction.ChangeSource.class::isInstance);
  }

  @Test
  void aResumedRecoveryLeavesThoseThatWereMovedWhereTheyAre() {
    servers.with(
        "a", a -> a.replicatesFrom("s2").replication(row -> row.ioThread(ThreadState.RUNNING)));
    Stage stage = stage();
    stage.ticket = withReplica(stage, "a");
    stage.resume();
    assertThat(moves(stage)).containsExactly("b>s1", "c>s1");
    assertThat(fate(stage, "a").reason()).contains("s2");
  }

  private static RecoveryTicket withReplica(Stage stage, String name) {
    return stage.ticket.with(
        new JournalEntry.ReplicaSettled(key(name), ReplicaFate.UNSETTLED), stage.now);
  }

  @Test
  void aRecoveryThatWasResumedAfterItsSuccessTellsOthers() {
    policy = policy.with(Map.of(HookPoint.POST_FAILOVER, List.of("post")));
    Stage stage = stage();
    Instant now = stage.now;
    for (String name : List.of("a", "b", "c")) {
      stage.ticket =
          stage.ticket.with(
              new JournalEntry.ReplicaSettled(
                  key(name), new ReplicaFate(ReplicaFate.Kind.MOVED, "replicates from s1")),
              now);
    }
    stage.ticket =
        stage.ticket.with(new JournalEntry.Succeeded(key("s1"), "", Optional.empty()), now);
    stage.resume();
    assertThat(stage.hooks()).hasSize(1);
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  @Test
  void aManagerThatMayNotGoOnSaysNothingMore() {
    Stage stage =
        stage()
            .answering(
                Effect.Commit.class,
                e -> Optional.of(new Event.CommitRejected(e.id(), "not the leader")))
            .start();
    assertThat(stage.end().closed()).isFalse();
  }

  // Gates and plan

  private RecoveryPlan plan() {
    return RecoveryPlanner.plan(stage().circumstances, origin, state, TopologyBuilder.NOW);
  }

  @Test
  void thePlanNamesSuccessorMovesAndProcesses() {
    RecoveryPlan plan = plan();
    assertThat(plan.mayBegin()).isTrue();
    assertThat(plan.successor()).contains(key("s1"));
    assertThat(plan.fates())
        .allSatisfy((k, f) -> assertThat(f.kind()).isEqualTo(ReplicaFate.Kind.MOVED));
    assertThat(plan.steps()).filteredOn(Step.Change.class::isInstance).hasSize(3);
    assertThat(plan.candidates())
        .extracting(c -> c.server().hostname())
        .startsWith("s1", "s2", "m");
  }

  @Test
  void itDoesNotBeginWhereNobodyAroundAnswers() {
    for (String name : List.of("m", "s1", "s2")) {
      servers.with(name, InstanceBuilder::unreachable);
    }
    assertThat(RecoveryGates.refusal(plan().gates())).contains("means");
  }

  // Group members

  @Test
  void theReplicasOfADeadGroupMemberGoToAnotherThatIsOnline() {
    analysis = "DeadReplicationGroupMemberWithReplicas";
    for (String name : List.of("im", "s1", "s2")) {
      servers.with(
          name,
          s ->
              s.withoutReplication()
                  .group("g", name.equals("s2") ? "PRIMARY" : "SECONDARY", "ONLINE", "s2")
                  .groupMembers("im", "s1", "s2"));
    }
    servers.with("s1", s -> s.group("g", "SECONDARY", "RECOVERING", "s2"));
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("a>s2", "b>s2", "c>s2");
    assertThat(stage.ticket.successful()).isTrue();
  }

  private static Function<Effect, Optional<Event>> refusing(Predicate<InstanceKey> whom) {
    return effect ->
        whom.test(((Effect.Perform) effect).action().target())
            ? Optional.of(
                new Event.ActionFinished(effect.id(), new ActionOutcome.NotApplied("it refuses")))
            : Optional.empty();
  }
}
