package orchestrator.core.state;

import static orchestrator.core.state.Commands.BY_PERSON;
import static orchestrator.core.state.Commands.NOON;
import static orchestrator.core.state.Commands.acknowledge;
import static orchestrator.core.state.Commands.after;
import static orchestrator.core.state.Commands.journal;
import static orchestrator.core.state.Commands.promotionOf;
import static orchestrator.core.state.Commands.refusalOf;
import static orchestrator.core.state.Commands.server;
import static orchestrator.core.state.Commands.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import org.junit.jupiter.api.Test;

/** Which recoveries are held back, and by what. */
class RecoveryGateTest {
  private static final Instant SOON = NOON.plusSeconds(600);
  private static final Instant LATER = NOON.plus(Duration.ofMinutes(61));

  /** Master a of cluster a:3306 died, b was promoted, the cluster is now b:3306. */
  private static final ReplicatedState FAILED_OVER =
      after(
          new Command.OpenRecovery(ticket("u1", "a")),
          promotionOf("u1", "b"),
          new Command.MoveCluster("a:3306", "b:3306"));

  @Test
  void openRecoveryHoldsBackEvenAPerson() {
    ReplicatedState open = after(new Command.OpenRecovery(ticket("u1", "a")));
    assertThat(refusalOf(open, byPerson("u2", "a")))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("u1", "a:3306", NOON.toString(), "node1"));
  }

  @Test
  void serverThatAnOpenRecoveryMayHavePromotedIsRecoveredByNobodyElse() {
    ReplicatedState open = after(new Command.OpenRecovery(ticket("u1", "a")), intent("b"));
    assertThat(refusalOf(open, automatic("u2", "b", "b:3306", SOON))).isPresent();
    assertThat(refusalOf(open, byPerson("u2", "b")))
        .hasValueSatisfying(reason -> assertThat(reason).contains("u1"));
  }

  @Test
  void serverThatWasTriedAndProvenReadOnlyIsFreeForAPerson() {
    assertThat(refusalOf(abandoned(), byPerson("u2", "b"))).isEmpty();
  }

  @Test
  void serverThatWasResetAsACandidateIsNotFailedOverUnderItsOwnName() {
    ReplicatedState open = abandoned();
    assertThat(heldBack(open, "b", "b:3306", "DeadMaster", SOON)).contains("u1");
    assertThat(heldBack(promotedOther(), "b", "b:3306", "DeadMaster", SOON)).contains("u1");
    assertThat(heldBack(promotedOther(), "b", "b:3306", "DeadMaster", LATER)).isEmpty();
  }

  /** An older manager applies it so: a change would have their states differ for ever. */
  @Test
  void ticketOfAServerThatWasResetAsACandidateIsAppliedAsItAlwaysWas() {
    assertThat(refusalOf(abandoned(), automatic("u2", "b", "b:3306", SOON))).isEmpty();
    assertThat(refusalOf(promotedOther(), automatic("u2", "b", "b:3306", SOON))).isEmpty();
  }

  /** A replica that could not be reached points at it still: below its successor it belongs. */
  @Test
  void aMasterThatWasReplacedIsNotReplacedAgainWhileItIsWatched() {
    ReplicatedState watched = after(FAILED_OVER, watchOf("a", "u1", "b"));
    ReplicatedState released = after(watched, new Command.ReleaseDemotedMaster(server("a")));
    assertThat(heldBack(watched, "a", "x:3306", "DeadMaster", LATER)).contains("u1");
    assertThat(heldBack(watched, "a", "x:3306", "DeadIntermediateMaster", LATER)).isEmpty();
    assertThat(heldBack(released, "a", "x:3306", "DeadMaster", LATER)).isEmpty();
  }

  /** Who asked may have looked at it before that; and its successor would stay writable. */
  @Test
  void norByAPerson() {
    ReplicatedState watched = after(FAILED_OVER, watchOf("a", "u1", "b"));
    ReplicatedState released = after(watched, new Command.ReleaseDemotedMaster(server("a")));
    assertThat(heldBackFromAPerson(watched, "DeadMaster")).contains("u1");
    assertThat(heldBackFromAPerson(watched, "DeadIntermediateMaster")).isEmpty();
    assertThat(heldBackFromAPerson(released, "DeadMaster")).isEmpty();
  }

  /** It may still move replicas below the one that is to be replaced. */
  @Test
  void aPersonWaitsForTheEndOfAFailoverOfTheCluster() {
    ReplicatedState open =
        after(
            new Command.OpenRecovery(ticket("u1", "a")),
            intent("b"),
            journal("u1", new JournalEntry.Promoted(server("b"), "", Optional.empty())),
            new Command.MoveCluster("a:3306", "b:3306"));
    assertThat(heldBackFromAPerson(open, "b", "b:3306", "DeadMaster")).contains("u1");
    assertThat(heldBackFromAPerson(open, "b", "x:3306", "DeadMaster")).contains("u1");
    assertThat(heldBackFromAPerson(open, "x", "x:3306", "DeadMaster")).isEmpty();
    assertThat(heldBackFromAPerson(open, "b", "b:3306", "NoWriteableMasterStructureWarning"))
        .isEmpty();
    assertThat(heldBackFromAPerson(FAILED_OVER, "b", "b:3306", "DeadMaster")).isEmpty();
  }

  private static Optional<String> heldBackFromAPerson(ReplicatedState state, String analysis) {
    return heldBackFromAPerson(state, "a", "x:3306", analysis);
  }

  private static Optional<String> heldBackFromAPerson(
      ReplicatedState state, String failed, String cluster, String analysis) {
    RecoveryGate.Request request =
        new RecoveryGate.Request(
            server(failed), cluster, "", analysis, false, Optional.empty(), LATER);
    return uidOfBlock(state, request);
  }

  @Test
  void aMasterThatIsWatchedButWasNotReplacedIsRecoveredLater() {
    ReplicatedState failed =
        after(
            abandoned(),
            watchOf("a", "u1", "b"),
            journal("u1", new JournalEntry.Closed(false, List.of("no candidate"))));
    assertThat(heldBack(failed, "a", "a:3306", "DeadMaster", LATER)).isEmpty();
  }

  private static Command watchOf(String demoted, String uid, String successor) {
    return new Command.WatchDemotedMaster(
        new DemotedMaster(server(demoted), uid, server(successor), NOON));
  }

  /** What was below a dead intermediate master may itself be one, and die too. */
  @Test
  void replicasOfAnIntermediateMasterAreRecoveredFromAllTheSame() {
    ReplicatedState open =
        after(
            new Command.OpenRecovery(
                Commands.ticket("u1", "im1", "a:3306", "DeadIntermediateMaster", List.of("im2"))));
    assertThat(heldBack(open, "im2", "a:3306", "DeadIntermediateMaster", SOON)).isEmpty();
    assertThat(refusalOf(open, new Command.OpenRecovery(intermediate("u2", "im2")))).isEmpty();
  }

  /** The uid of the recovery for which a leader would not propose an automatic one. */
  private static Optional<String> heldBack(
      ReplicatedState state, String failed, String cluster, String analysis, Instant at) {
    RecoveryGate.Request request =
        new RecoveryGate.Request(server(failed), cluster, "", analysis, true, Optional.empty(), at);
    return uidOfBlock(state, request);
  }

  private static Optional<String> uidOfBlock(ReplicatedState state, RecoveryGate.Request request) {
    return RecoveryGate.proposalBlockOf(state, request)
        .flatMap(RecoveryGate.Block::by)
        .map(RecoveryTicket::uid);
  }

  /** After that, c was promoted. */
  private static ReplicatedState promotedOther() {
    return after(
        abandoned(),
        promotionOf("u1", "c"),
        journal("u1", new JournalEntry.Closed(true, List.of())),
        new Command.MoveCluster("a:3306", "c:3306"));
  }

  /** Master a died, its replica b was reset and proven to be read-only. */
  private static ReplicatedState abandoned() {
    return after(
        new Command.OpenRecovery(
            Commands.ticket("u1", "a", "a:3306", "DeadMaster", List.of("b", "c"))),
        intent("b"),
        journal("u1", new JournalEntry.PromotionAbandoned(server("b"), "it was read")));
  }

  @Test
  void serverThatMayHaveBeenPromotedIsLeftToAPersonWithinTheBlock() {
    ReplicatedState failed =
        after(
            new Command.OpenRecovery(ticket("u1", "a")),
            intent("b"),
            journal("u1", new JournalEntry.Closed(false, List.of("b died"))));
    assertThat(refusalOf(failed, automatic("u2", "b", "b:3306", SOON))).isPresent();
    assertThat(refusalOf(failed, byPerson("u2", "b"))).isEmpty();
  }

  @Test
  void promotedServerIsNotFailedOverWithinTheBlock() {
    assertThat(refusalOf(FAILED_OVER, automatic("u2", "b", "other:3306", SOON)))
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .contains("u1", "ack-recovery/uid/u1", NOON.plus(Commands.BLOCK).toString()));
  }

  @Test
  void clusterIsBlockedUnderTheNameThatTheFailoverGaveIt() {
    assertThat(refusalOf(FAILED_OVER, automatic("u2", "im", "b:3306", SOON))).isPresent();
  }

  @Test
  void clusterIsBlockedAfterItWasRenamedTwice() {
    ReplicatedState twice = after(FAILED_OVER, new Command.MoveCluster("b:3306", "c:3306"));
    assertThat(refusalOf(twice, automatic("u2", "im", "c:3306", SOON))).isPresent();
  }

  @Test
  void clusterIsBlockedAfterItGotItsFirstNameBack() {
    ReplicatedState back = after(FAILED_OVER, new Command.MoveCluster("b:3306", "a:3306"));
    assertThat(refusalOf(back, automatic("u2", "im", "a:3306", SOON))).isPresent();
  }

  @Test
  void otherClusterIsFree() {
    assertThat(refusalOf(FAILED_OVER, automatic("u2", "x", "x:3306", SOON))).isEmpty();
  }

  @Test
  void blockEndsWithItsTime() {
    assertThat(refusalOf(FAILED_OVER, automatic("u2", "b", "b:3306", LATER))).isEmpty();
  }

  @Test
  void blockEndsWithAnAcknowledgement() {
    ReplicatedState seen =
        after(FAILED_OVER, acknowledge(new Command.Selector.ByCluster("b:3306", Optional.empty())));
    assertThat(refusalOf(seen, automatic("u2", "b", "b:3306", SOON))).isEmpty();
  }

  @Test
  void acknowledgementDoesNotLetTwoFailoversOfAClusterRunAtOnce() {
    ReplicatedState running =
        after(new Command.OpenRecovery(ticket("u1", "a")), acknowledge(new Command.Selector.All()));
    assertThat(refusalOf(running, automatic("u2", "im", "a:3306", LATER))).isPresent();
  }

  @Test
  void personOverridesTheBlockAndTherebyAcknowledges() {
    ReplicatedState forced = after(FAILED_OVER, byPerson("u2", "a"));
    assertThat(forced.recoveries().get("u1"))
        .matches(ticket -> ticket.acknowledgement().isPresent());
  }

  @Test
  void globalSwitchHoldsBackAutomaticRecoveriesOnly() {
    ReplicatedState off = after(new Command.SwitchGlobalRecoveries(false));
    assertThat(refusalOf(off, automatic("u1", "a", "a:3306", NOON)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("enable-global-recoveries"));
    assertThat(refusalOf(off, byPerson("u1", "a"))).isEmpty();
  }

  @Test
  void repairOfSemiSyncNeverHoldsBackAFailover() {
    ReplicatedState repaired =
        after(
            new Command.OpenRecovery(
                ticket(
                    "u1", "a", "a:3306", "LockedSemiSyncMaster", RecoveryOrigin.AUTOMATIC, NOON)),
            journal("u1", new JournalEntry.Closed(true, List.of())));
    assertThat(refusalOf(repaired, automatic("u2", "a", "a:3306", SOON))).isEmpty();
  }

  @Test
  void repairOfSemiSyncWaitsForAnOpenFailoverOfTheCluster() {
    ReplicatedState open = after(new Command.OpenRecovery(ticket("u1", "a")));
    Command repair =
        new Command.OpenRecovery(
            ticket("u2", "b", "a:3306", "LockedSemiSyncMaster", RecoveryOrigin.AUTOMATIC, SOON));
    assertThat(refusalOf(open, repair)).isPresent();
  }

  @Test
  void openRepairOfSemiSyncGivesWayToTheFailoverOfItsMaster() {
    ReplicatedState open =
        after(
            new Command.OpenRecovery(
                ticket(
                    "u1", "a", "a:3306", "LockedSemiSyncMaster", RecoveryOrigin.AUTOMATIC, NOON)));
    assertThat(refusalOf(open, automatic("u2", "a", "a:3306", SOON))).isEmpty();
  }

  @Test
  void openRecoveryOfAnIntermediateMasterNeverHoldsBackAFailover() {
    ReplicatedState open = after(new Command.OpenRecovery(intermediate("u1", "im")));
    assertThat(refusalOf(open, automatic("u2", "a", "a:3306", SOON))).isEmpty();
  }

  @Test
  void recoveryOfAnIntermediateMasterWaitsForAnOpenFailoverOfTheCluster() {
    ReplicatedState open = after(new Command.OpenRecovery(ticket("u1", "a")));
    assertThat(refusalOf(open, new Command.OpenRecovery(intermediate("u2", "im")))).isPresent();
  }

  @Test
  void intermediateMastersThatDieTogetherAreRecoveredTogether() {
    ReplicatedState open = after(new Command.OpenRecovery(intermediate("u1", "im1")));
    assertThat(refusalOf(open, new Command.OpenRecovery(intermediate("u2", "im2")))).isEmpty();
    assertThat(refusalOf(open, new Command.OpenRecovery(intermediate("u3", "im1")))).isPresent();
  }

  @Test
  void finishedFailoverDoesNotHoldBackAnIntermediateMasterOfItsCluster() {
    ReplicatedState over =
        after(FAILED_OVER, journal("u1", new JournalEntry.Closed(true, List.of())));
    assertThat(refusalOf(over, new Command.OpenRecovery(intermediate("u2", "im")))).isEmpty();
  }

  @Test
  void explanationNamesTheRecoveryThatBlocks() {
    RecoveryGate.Request request =
        new RecoveryGate.Request(
            server("b"), "b:3306", "", "DeadMaster", true, Optional.empty(), SOON);
    assertThat(RecoveryGate.blockOf(FAILED_OVER, request).flatMap(RecoveryGate.Block::by))
        .hasValueSatisfying(blocking -> assertThat(blocking.uid()).isEqualTo("u1"));
  }

  private static Command intent(String candidate) {
    return journal("u1", new JournalEntry.PromotionIntended(server(candidate)));
  }

  private static Command automatic(String uid, String failed, String cluster, Instant at) {
    return new Command.OpenRecovery(
        ticket(uid, failed, cluster, "DeadMaster", RecoveryOrigin.AUTOMATIC, at));
  }

  private static RecoveryTicket intermediate(String uid, String failed) {
    return ticket(uid, failed, "a:3306", "DeadIntermediateMaster", RecoveryOrigin.AUTOMATIC, SOON);
  }

  private static Command byPerson(String uid, String failed) {
    return new Command.OpenRecovery(
        ticket(uid, failed, failed + ":3306", "DeadMaster", BY_PERSON, SOON));
  }
}
