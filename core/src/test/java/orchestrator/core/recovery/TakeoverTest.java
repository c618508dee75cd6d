package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
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
import orchestrator.core.relocation.ServerAction.ChangeSource;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a planned takeover does, in which order, and what is left of it when it fails. */
class TakeoverTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);
  private static final SetReadOnly HOLD = new SetReadOnly(MASTER, true, false);
  private static final SetReadOnly REOPEN = new SetReadOnly(MASTER, false, false);
  private static final SetReadOnly PROMOTE = new SetReadOnly(R1, false, false);
  private static final ServerAction RESET = new ServerAction.ResetReplication(R1);
  private static final List<HookPoint> POINTS =
      List.of(
          HookPoint.PRE_GRACEFUL_TAKEOVER,
          HookPoint.PRE_FAILOVER,
          HookPoint.POST_MASTER_FAILOVER,
          HookPoint.POST_FAILOVER,
          HookPoint.POST_GRACEFUL_TAKEOVER,
          HookPoint.POST_UNSUCCESSFUL_FAILOVER);

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private boolean auto = true;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.oracleGtid(UUID + ":1-100"))
          .withReplicasOf("m", r -> r.oracleGtid(UUID + ":1-100"));

  private Stage stage() {
    return new Stage(servers, policy, RecoveryOrigin.takeover(R1, auto));
  }

  private void allHooks() {
    Map<HookPoint, List<String>> hooks = new EnumMap<>(HookPoint.class);
    POINTS.forEach(point -> hooks.put(point, List.of(point.configurationKey())));
    policy = policy.with(hooks);
  }

  private static ChangeSource below(InstanceKey replica, InstanceKey source) {
    return new ChangeSource(replica, source, new ServerAction.SourcePosition.OracleAuto(), true);
  }

  /**
   * Refuses, or leaves unanswered, the n-th action of this kind, counted from 1, and later ones.
   */
  private static Stage failing(Stage stage, ServerAction action, int times, boolean unknown) {
    int[] count = {0};
    return stage.answering(
        Effect.Perform.class,
        effect -> {
          Effect.Perform perform = (Effect.Perform) effect;
          if (!perform.action().equals(action) || count[0]++ >= times) {
            return Optional.empty();
          }
          return Optional.of(
              new Event.ActionFinished(
                  effect.id(),
                  unknown
                      ? new ActionOutcome.Unknown("no answer")
                      : new ActionOutcome.NotApplied("refused")));
        });
  }

  @Test
  void replicasAreMovedBeforeWritesAreBlockedAndTheOldMasterFollowsAfterwards() {
    Stage stage = stage().start();
    assertThat(stage.ticket.errors()).isEmpty();
    assertThat(stage.actions())
        .filteredOn(a -> a instanceof ChangeSource || a instanceof SetReadOnly)
        .containsExactly(
            below(R2, R1), below(TopologyBuilder.key("r3"), R1), HOLD, PROMOTE, below(MASTER, R1));
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
  }

  @Test
  void theOldMasterIsLeftStoppedWhenNothingElseWasAskedFor() {
    auto = false;
    Stage stage = stage().start();
    assertThat(stage.actions())
        .contains(
            new ChangeSource(MASTER, R1, new ServerAction.SourcePosition.OracleAuto(), false));
    assertThat(stage.commands()).doesNotContain(new Command.EndLostInRecovery(MASTER));
  }

  @Test
  void nothingIsWaitedForWhileWritesAreBlocked() {
    Stage stage = stage().start();
    assertThat(stage.momentOf(PROMOTE).minus(stage.momentOf(HOLD))).isZero();
  }

  @Test
  void twoCommitsStandBetweenWritableServers() {
    Stage stage = stage().start();
    List<String> order = new ArrayList<>();
    for (Effect effect : stage.effects) {
      if (effect instanceof Effect.Perform(var _, SetReadOnly set, var _)) {
        order.add(set.target() + (set.readOnly() ? " closed" : " opened"));
      } else if (effect instanceof Effect.Commit commit) {
        String text = commit.commands().toString();
        order.addAll(
            Stream.of("CandidateChosen", "PromotionIntended", "Promoted[")
                .filter(text::contains)
                .toList());
      }
    }
    assertThat(order)
        .containsExactly(
            "CandidateChosen", "m:3306 closed", "PromotionIntended", "r1:3306 opened", "Promoted[");
  }

  @Test
  void processesRunInTheirOrderAndKnowTheSuccessor() {
    allHooks();
    Stage stage = stage().start();
    assertThat(stage.hooks().map(Effect.RunHook::command))
        .containsExactly(
            "PreGracefulTakeoverProcesses",
            "PreFailoverProcesses",
            "PostMasterFailoverProcesses",
            "PostFailoverProcesses",
            "PostGracefulTakeoverProcesses");
    assertThat(stage.hooks())
        .allSatisfy(hook ->
            assertThat(hook.environment())
                .containsEntry("ORC_SUCCESSOR_HOST", "r1")
                .containsEntry("ORC_COMMAND", "graceful-master-takeover"));
  }

  @Test
  void noProcessRunsWhileWritesAreBlocked() {
    allHooks();
    Stage stage = stage().start();
    List<Effect> effects = stage.effects;
    int from = indexOf(effects, HOLD);
    int to = indexOf(effects, PROMOTE);
    assertThat(effects.subList(from, to)).noneMatch(Effect.RunHook.class::isInstance);
  }

  private static int indexOf(List<Effect> effects, ServerAction action) {
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.Perform perform && perform.action().equals(action)) {
        return i;
      }
    }
    throw new AssertionError("never asked for: " + action);
  }

  @ParameterizedTest
  @EnumSource(
      value = HookPoint.class,
      names = {"PRE_GRACEFUL_TAKEOVER", "PRE_FAILOVER"})
  void aProcessThatForbidsItLeavesAllAsItWas(HookPoint point) {
    allHooks();
    Stage stage = stage().answering(Effect.RunHook.class, e -> failsAt(e, point)).start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("no way");
    assertBlocksNothing(stage);
  }

  @ParameterizedTest
  @EnumSource(
      value = HookPoint.class,
      names = {"POST_MASTER_FAILOVER", "POST_FAILOVER", "POST_GRACEFUL_TAKEOVER"})
  void aProcessThatFailsAfterwardsStopsNothing(HookPoint point) {
    allHooks();
    Stage stage = stage().answering(Effect.RunHook.class, e -> failsAt(e, point)).start();
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(stage.hooks()).hasSize(5);
  }

  private static Optional<Event> failsAt(Effect effect, HookPoint point) {
    return ((Effect.RunHook) effect).point() == point
        ? Optional.of(new Event.HookFinished(effect.id(), false, Duration.ZERO, "no way"))
        : Optional.empty();
  }

  @Test
  void aTakeoverHoldsBackNoRecovery() {
    assertBlocksNothing(stage().start());
  }

  private static void assertBlocksNothing(Stage stage) {
    assertThat(stage.commands())
        .anyMatch(c ->
            c instanceof Command.AcknowledgeRecoveries ack
                && ack.selector().equals(new Command.Selector.ByUid("1:x")));
  }

  @Test
  void nothingIsLostAndThatIsKnownAtOnce() {
    assertThat(stage().start().ticket.loss().knownMissing()).hasToString("Optional[]");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMasterThatCannotBeSetReadOnlyStaysTheMaster(boolean unknown) {
    Stage stage = failing(stage(), HOLD, 1, unknown).start();
    assertUndone(stage);
    assertThat(stage.actions()).contains(REOPEN);
    assertThat(stage.actions()).doesNotContain(PROMOTE);
  }

  private static void assertUndone(Stage stage) {
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.server("m").readOnly()).isFalse();
    for (String replica : List.of("r1", "r2", "r3")) {
      assertThat(stage.server(replica).sourceKey()).as(replica).contains(MASTER);
      assertThat(stage.server(replica).isReplicating()).as(replica).isTrue();
    }
    assertBlocksNothing(stage);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReplicaThatCannotBeMovedEndsItBeforeWritesAreBlocked(boolean unknown) {
    Stage stage = failing(stage(), below(R2, R1), 1, unknown).start();
    assertThat(stage.actions()).doesNotContain(HOLD);
    assertThat(stage.ticket.errors()).first().asString().contains("r2:3306 could not be moved");
    assertUndone(stage);
  }

  /** They come to no other server, however long one waits. */
  @Test
  void theTargetNeedNotCatchUpWithTransactionsThatOneReplicaAloneHas() {
    String own = InstanceBuilder.uuidOf(R2) + ":1-3";
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-100," + own));
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.actions()).containsSubsequence(below(R2, R1), HOLD);
  }

  @Test
  void aTargetThatCannotBeMadeWritableIsReplacedByTheOldMaster() {
    Stage stage = failing(stage(), PROMOTE, 3, false).start();
    assertUndone(stage);
    assertThat(stage.commands()).contains(new Command.ReleaseDemotedMaster(MASTER));
  }

  /** It looks like a master of its own, dead, whose replicas call for a failover. */
  @Test
  void aTargetThatDiesAfterItWasResetIsPutIntoDowntime() {
    boolean[] died = {false};
    Stage stage =
        stage()
            .answering(
                Effect.Perform.class,
                e -> {
                  boolean refused = died[0] && ((Effect.Perform) e).action().target().equals(R1);
                  died[0] |= ((Effect.Perform) e).action().equals(RESET);
                  return refused
                      ? Optional.of(
                          new Event.ActionFinished(
                              e.id(), new ActionOutcome.NotApplied("connection refused")))
                      : Optional.empty();
                })
            .answering(
                Effect.Probe.class,
                e ->
                    died[0] && ((Effect.Probe) e).key().equals(R1)
                        ? Optional.of(new Event.ProbeFailed(e.id(), "connection refused"))
                        : Optional.empty())
            .start();

    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertBlocksNothing(stage);
    assertThat(stage.commands())
        .anyMatch(c ->
            c instanceof Command.BeginDowntime begun
                && begun.downtime().key().equals(R1)
                && begun.downtime().isLostInRecovery());
  }

  @Test
  void aTargetThatMayBeWritableIsProvenReadOnlyBeforeTheOldMasterIsOpened() {
    Stage stage = failing(stage(), PROMOTE, 1000, true).start();
    int proven = indexOf(stage.effects, new SetReadOnly(R1, true, false));
    assertThat(indexOf(stage.effects, REOPEN)).isGreaterThan(proven);
    assertUndone(stage);
  }

  @Test
  void theOldMasterIsOpenedOnlyAfterThatIsRecorded() {
    Stage stage = failing(stage(), PROMOTE, 3, false).start();
    List<Effect> before = stage.effects.subList(0, indexOf(stage.effects, REOPEN));
    assertThat(before)
        .anyMatch(e ->
            e instanceof Effect.Commit commit
                && commit.commands().toString().contains("PromotionIntended[candidate=m:3306]"));
  }

  @Test
  void aTargetThatDoesNotCatchUpInTimeIsNotPromoted() {
    servers.without("r2").without("r3").with("r1", r -> r.oracleGtid(UUID + ":1-90"));
    boolean[] isHeld = {false};
    Stage stage =
        stage()
            .answering(
                Effect.Probe.class,
                e ->
                    ((Effect.Probe) e).key().equals(R1) && isHeld[0]
                        ? Optional.of(new Event.Probed(e.id(), servers.instance("r1")))
                        : Optional.empty())
            .answering(
                Effect.Perform.class,
                e -> {
                  isHeld[0] |= ((Effect.Perform) e).action().equals(HOLD);
                  return Optional.empty();
                })
            .start();
    assertThat(stage.ticket.errors()).first().asString().contains(":91-100");
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.actions()).doesNotContain(PROMOTE);
  }

  @Test
  void aMasterThatCannotBeReachedAnyMoreIsSaidToBePerhapsReadOnly() {
    Stage ended = failing(failing(stage(), HOLD, 1, true), REOPEN, 1000, true).start();
    assertThat(ended.ticket.isOpen()).isFalse();
    assertThat(ended.ticket.errors())
        .anySatisfy(error -> assertThat(error).contains("may be read-only"));
  }

  @Test
  void anOldMasterThatIsNotTurnedIsAnErrorOfASuccessfulTakeover() {
    Stage stage = failing(stage(), below(MASTER, R1), 2, false).start();
    assertThat(stage.ticket.successful()).isTrue();
    assertThat(stage.ticket.errors()).singleElement().asString().contains("The takeover is done");
  }

  @Test
  void replicasStayWhereCommitsOfTheMasterNeedThem() {
    servers.with("m", m -> m.semiSyncMaster(true, 2, 3));
    Stage stage = stage().start();
    assertThat(stage.actions())
        .filteredOn(a -> a instanceof ChangeSource || a instanceof SetReadOnly)
        .startsWith(HOLD)
        .contains(below(R2, R1), PROMOTE);
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
  }

  @Test
  void aDowntimedReplicaThatDoesNotAnswerIsNoObstacle() {
    servers.with("r3", InstanceBuilder::unreachable);
    Stage stage = stage().downtimed("r3").silent("r3").start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.replicasWith(ReplicaFate.Kind.UNREACHABLE)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"m", "r1", "r2"})
  void aServerThatIsSilentFromTheBeginningEndsItAtOnce(String silent) {
    Stage stage = stage().silent(silent).start();
    assertThat(stage.actions()).isEmpty();
    assertThat(stage.ticket.errors()).isNotEmpty();
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  // Another manager goes on

  @Test
  void anotherManagerGoesOnWhereTheMasterMayBeReadOnly() {
    Stage stage = stage();
    stage.change("m", InstanceBuilder::readOnly);
    stage.ticket =
        stage.ticket.with(new JournalEntry.CandidateChosen(R1, "asked for"), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.actions()).contains(HOLD);
  }

  @Test
  void anotherManagerUndoesWhatWasBeingUndone() {
    Stage stage = stage();
    stage.change("m", InstanceBuilder::readOnly);
    stage.change("r2", r -> r.replicatesFrom("r1").oracleGtid(UUID + ":1-100").readOnly());
    stage.ticket =
        stage
            .ticket
            .with(new JournalEntry.CandidateChosen(R1, "asked for"), TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(MASTER), TopologyBuilder.NOW);
    assertUndone(stage.resume());
  }

  @Test
  void anotherManagerOpensTheMasterAgainWhenTheTargetHasGone() {
    Stage stage = stage().silent("r1");
    stage.change("m", InstanceBuilder::readOnly);
    stage.ticket =
        stage.ticket.with(new JournalEntry.CandidateChosen(R1, "asked for"), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.server("m").readOnly()).isFalse();
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  @Test
  void anotherManagerCompletesWhatWasPromoted() {
    allHooks();
    Stage stage = stage();
    stage.change("m", InstanceBuilder::readOnly);
    stage.ticket =
        stage
            .ticket
            .with(new JournalEntry.CandidateChosen(R1, "asked for"), TopologyBuilder.NOW)
            .with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW)
            .with(new JournalEntry.Promoted(R1, "", Optional.empty()), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.actions()).contains(below(MASTER, R1), below(R2, R1)).doesNotContain(REOPEN);
    assertThat(stage.hooks().map(Effect.RunHook::command))
        .containsExactly(
            "PostMasterFailoverProcesses",
            "PostFailoverProcesses",
            "PostGracefulTakeoverProcesses");
  }
}
