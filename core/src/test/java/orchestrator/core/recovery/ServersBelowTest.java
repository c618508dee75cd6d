package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.ThreadState;
import org.junit.jupiter.api.Test;

/**
 * The master {@code m} dies together with the intermediate master {@code im}. Of its direct
 * replicas {@code r} alone answers; {@code a} and {@code b}, below {@code im}, have more.
 */
class ServersBelowTest {
  private static final String UUID = InstanceBuilder.uuidOf(key("m"));

  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.oracleGtid(UUID + ":1-85").unreachable())
          .with("im", r -> replica(r, "m").unreachable())
          .with("r", r -> replica(r, "m"))
          .with("a", a -> replica(a, "im").oracleGtid(UUID + ":1-100"))
          .with("b", b -> replica(b, "im").oracleGtid(UUID + ":1-95"));

  private static InstanceBuilder replica(InstanceBuilder server, String source) {
    return server.replicatesFrom(source).readOnly().failingToConnect().oracleGtid(UUID + ":1-90");
  }

  private static InstanceKey key(String server) {
    return TopologyBuilder.key(server);
  }

  private Stage stage() {
    return living().silent("im");
  }

  /** With an intermediate master that answers. */
  private Stage living() {
    return new Stage(servers, RecoveryPolicy.DEFAULT, RecoveryOrigin.AUTOMATIC).silent("m");
  }

  private static int indexOf(Stage stage, Predicate<ServerAction> wanted) {
    List<ServerAction> actions = stage.actions().toList();
    return actions.indexOf(
        actions.stream().filter(wanted).findFirst().orElseThrow(AssertionError::new));
  }

  private static boolean isFed(ServerAction action) {
    return action instanceof ServerAction.ChangeSource change
        && change.target().equals(key("r"))
        && change.source().equals(key("a"));
  }

  private static boolean isPromotion(ServerAction action) {
    return action instanceof ServerAction.SetReadOnly set && !set.readOnly();
  }

  @Test
  void whatADeadIntermediateMasterPassedOnIsFetchedFromThoseBelowItBeforeAPromotion() {
    Stage stage = stage().start();
    assertThat(indexOf(stage, ServersBelowTest::isFed))
        .isLessThan(indexOf(stage, ServersBelowTest::isPromotion));
    assertThat(stage.ticket.promoted()).contains(key("r"));
    assertThat(stage.server("r").gtid().executed().orElseThrow()).hasToString(UUID + ":1-100");
  }

  @Test
  void alsoWhenTheIntermediateMasterWasStillThereWhenItWasLastRead() {
    servers.with("im", im -> im.seenAt(TopologyBuilder.NOW));
    Stage stage = stage().start();
    assertThat(stage.actions()).anyMatch(ServersBelowTest::isFed);
  }

  @Test
  void alsoThroughSeveralDeadTiers() {
    servers
        .with("a", InstanceBuilder::unreachable)
        .with("b", InstanceBuilder::unreachable)
        .with("c", c -> replica(c, "a").oracleGtid(UUID + ":1-99"));
    Stage stage = stage().silent("a").silent("b").start();
    assertThat(stage.server("r").gtid().executed().orElseThrow()).hasToString(UUID + ":1-99");
  }

  @Test
  void theyAreNeitherStoppedNorMovedNorPromoted() {
    servers.with("r", r -> r.replication(row -> row.sqlThread(ThreadState.STOPPED)));
    Stage stage = stage().start();
    assertThat(stage.actions().map(ServerAction::target)).doesNotContain(key("a"), key("b"));
    assertThat(stage.ticket.fates()).containsOnlyKeys(key("im"), key("r"));
  }

  @Test
  void whatOnlyAServerBelowALivingReplicaHasIsFetchedToo() {
    servers.with("im", im -> im.seenAt(TopologyBuilder.NOW));
    Stage stage = living().start();
    InstanceKey promoted = stage.ticket.promoted().orElseThrow();
    assertThat(stage.server(promoted.hostname()).gtid().executed().orElseThrow())
        .hasToString(UUID + ":1-100");
  }

  @Test
  void whatItCannotGiveToAnybodyIsToldAsLost() {
    assertThat(unableToFeed().start().ticket.errors())
        .singleElement()
        .asString()
        .contains("a:3306, below im:3306", UUID + ":91-100");
  }

  @Test
  void theLossReportNamesIt() {
    assertThat(unableToFeed().start().ticket.loss().knownMissing())
        .contains(GtidDifference.parse(UUID + ":91-100"));
  }

  @Test
  void alsoWhenTheManagerDiesWhileItPromotes() {
    Stage stage = unableToFeed();
    stage.ticket =
        stage.ticket.with(new JournalEntry.PromotionIntended(key("r")), TopologyBuilder.NOW);
    stage.resume();
    assertThat(stage.ticket.promoted()).contains(key("r"));
    assertThat(stage.ticket.loss().knownMissing()).contains(GtidDifference.parse(UUID + ":91-100"));
  }

  @Test
  void aClusterThatRefusesLossKeepsIt() {
    unableToFeed();
    SafetyPolicy refusing = SafetyPolicy.DEFAULT.with(SafetyPolicy.Durability.REFUSE_LOSS);
    Stage stage =
        new Stage(servers, RecoveryPolicy.DEFAULT.with(refusing), RecoveryOrigin.AUTOMATIC);
    assertThat(stage.silent("m").start().ticket.promoted()).isEmpty();
    assertThat(stage.ticket.loss().knownMissing()).contains(GtidDifference.parse(UUID + ":91-100"));
  }

  /** They got it from another source, before they were moved below this one. */
  @Test
  void whatALivingReplicaDoesNotApplyIsFetchedFromThoseBelowIt() {
    notApplying();
    Stage stage = living().start();
    assertThat(stage.ticket.promoted()).contains(key("r"));
    assertThat(stage.actions()).anyMatch(ServersBelowTest::isFed);
    assertThat(stage.server("r").gtid().executed().orElseThrow()).hasToString(UUID + ":1-98");
  }

  @Test
  void whereThatOneIsTheOnlyCandidateWhatTheyHaveMoreIsTold() {
    notApplying();
    servers.with("r", InstanceBuilder::withoutBinlog);
    Stage stage = living().start();
    assertThat(stage.ticket.promoted()).contains(key("im"));
    assertThat(stage.ticket.errors())
        .anySatisfy(error -> assertThat(error).contains("a:3306, below im:3306", "91-98"));
  }

  /** {@code im} has fetched as much as anybody, and its SQL thread is broken. */
  private void notApplying() {
    servers
        .with(
            "im",
            im ->
                replica(im, "m")
                    .replication(row ->
                        row.retrieved(UUID + ":1-100").sqlThreadStopped().sqlError("duplicate"))
                    .seenAt(TopologyBuilder.NOW))
        .with("a", a -> a.oracleGtid(UUID + ":1-98"))
        .with("b", b -> b.oracleGtid(UUID + ":1-98"));
  }

  /** Below one that perhaps replicates from it, it would be no replica at the next attempt. */
  @Test
  void aCandidateThatWasFedGoesBackWhenNobodyIsPromoted() {
    servers.with("m", m -> m.oracleGtid(UUID + ":1-105").unreachable());
    SafetyPolicy refusing = SafetyPolicy.DEFAULT.with(SafetyPolicy.Durability.REFUSE_LOSS);
    Stage stage =
        new Stage(servers, RecoveryPolicy.DEFAULT.with(refusing), RecoveryOrigin.AUTOMATIC)
            .silent("m")
            .silent("im")
            .start();
    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(stage.actions()).anyMatch(ServersBelowTest::isFed);
    assertThat(stage.server("r").sourceKey()).contains(key("m"));
  }

  /** {@code a} has more than all others, below a living replica, and no log to give it away. */
  private Stage unableToFeed() {
    servers
        .with("im", im -> im.seenAt(TopologyBuilder.NOW))
        .with("a", InstanceBuilder::withoutBinlog)
        .with("b", b -> b.oracleGtid(UUID + ":1-90"));
    return living();
  }

  @Test
  void whatAServerBelowALivingReplicaWroteItselfIsNot() {
    String errant = UUID + ":1-90," + InstanceBuilder.uuidOf(key("a")) + ":1-3";
    servers
        .with("im", im -> im.seenAt(TopologyBuilder.NOW))
        .with("a", a -> a.oracleGtid(errant))
        .with("b", b -> b.oracleGtid(UUID + ":1-90"));
    assertThat(living().start().actions()).noneMatch(ServersBelowTest::feeds);
  }

  private static boolean feeds(ServerAction action) {
    return action instanceof ServerAction.ChangeSource change
        && (change.source().equals(key("a")) || change.source().equals(key("b")));
  }

  @Test
  void thoseThatHadNoMoreThanAReplicaThatAnswersAreNotRead() {
    servers.with("im", im -> im.seenAt(TopologyBuilder.NOW).oracleGtid(UUID + ":1-100"));
    Stage stage = living().start();
    assertThat(stage.ticket.promoted()).isPresent();
    assertThat(stage.effects)
        .noneMatch(effect ->
            effect instanceof Effect.Probe probe
                && (probe.key().equals(key("a")) || probe.key().equals(key("b"))));
  }

  @Test
  void theySpeakForACandidateThatDiesWhileItIsPrepared() {
    servers
        .with("im", im -> im.seenAt(TopologyBuilder.NOW).oracleGtid(UUID + ":1-95"))
        .with("im", im -> im.replication(row -> row.retrieved(UUID + ":1-100")))
        .with("r", r -> r.promotionRule(PromotionRule.PREFER_NOT))
        .with("a", a -> a.oracleGtid(UUID + ":1-97"));
    Stage stage = living();
    stage.answering(
        Effect.Probe.class,
        effect -> {
          if (!((Effect.Probe) effect).key().equals(key("im"))) {
            return Optional.empty();
          }
          stage.silent("im");
          return Optional.of(new Event.ProbeFailed(effect.id(), "it is gone"));
        });
    stage.start();
    assertThat(stage.ticket.promoted()).contains(key("r"));
    assertThat(stage.server("r").gtid().executed().orElseThrow()).hasToString(UUID + ":1-97");
  }

  @Test
  void whatTheIntermediateMasterWroteItselfIsErrantAlthoughAllBelowItHaveIt() {
    String errant = UUID + ":1-90," + InstanceBuilder.uuidOf(key("im")) + ":1-3";
    servers.with("a", a -> a.oracleGtid(errant)).with("b", b -> b.oracleGtid(errant));
    assertThat(stage().start().actions()).noneMatch(ServersBelowTest::isFed);
  }

  @Test
  void oneThatIsSilentIsNotWaitedForLongerThanAReplica() {
    Stage stage = stage().silent("a").silent("b").start();
    assertThat(
            stage.momentOf(
                stage.actions().filter(ServersBelowTest::isPromotion).findFirst().orElseThrow()))
        .isLessThanOrEqualTo(Patience.STRAGGLERS);
    assertThat(stage.ticket.promoted()).contains(key("r"));
  }

  @Test
  void aPlanSaysWhereTheCandidateFetchesFrom() {
    RecoveryPlan plan =
        RecoveryPlanner.plan(
            stage().circumstances,
            RecoveryOrigin.AUTOMATIC,
            ReplicatedState.EMPTY,
            TopologyBuilder.NOW);
    assertThat(plan.successor()).contains(key("r"));
    assertThat(plan.candidates().getFirst().feeder()).contains(key("a"));
  }

  @Test
  void aFailedRecoveryLeavesTheirThreadsAlone() {
    servers.with("a", a -> a.ioThreadStopped()).with("r", InstanceBuilder::withoutBinlog);
    Stage stage = stage();
    stage.resume();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.actions().map(ServerAction::target)).doesNotContain(key("a"), key("b"));
  }

  @Test
  void theReplicaAboveThemIsAccountedForAsUnreachable() {
    Stage stage = stage().start();
    assertThat(stage.ticket.fates().getOrDefault(key("im"), ReplicaFate.UNSETTLED).kind())
        .isEqualTo(ReplicaFate.Kind.UNREACHABLE);
    assertThat(stage.journal()).anyMatch(JournalEntry.Promoted.class::isInstance);
  }
}
