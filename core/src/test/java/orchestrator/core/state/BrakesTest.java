package orchestrator.core.state;

import static orchestrator.core.state.Commands.BY_PERSON;
import static orchestrator.core.state.Commands.NOON;
import static orchestrator.core.state.Commands.acknowledge;
import static orchestrator.core.state.Commands.after;
import static orchestrator.core.state.Commands.idOf;
import static orchestrator.core.state.Commands.refusalOf;
import static orchestrator.core.state.Commands.server;
import static orchestrator.core.state.Commands.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.facts.RecoveryTicket;
import org.junit.jupiter.api.Test;

/** What keeps the managers from recovering by themselves, and keeps no person from it. */
class BrakesTest {
  private static final RecoveryBudget TWO = new RecoveryBudget(2, Duration.ofMinutes(10));
  private static final Instant LATER = NOON.plus(Duration.ofMinutes(11));

  /** The budget is used up. */
  private static final ReplicatedState SPENT = after(automatic("a", NOON), automatic("b", NOON));

  private static final ReplicatedState BRAKED =
      after(SPENT, new Command.PullBrake(TWO, server("c"), NOON));

  private static Command automatic(String failed, Instant at) {
    return automatic(failed, "DeadMaster", at);
  }

  private static Command automatic(String failed, String analysis, Instant at) {
    return open(failed, analysis, RecoveryOrigin.AUTOMATIC, at);
  }

  private static Command byPerson(String failed) {
    return open(failed, "DeadMaster", BY_PERSON, NOON);
  }

  private static Command open(String failed, String analysis, RecoveryOrigin origin, Instant at) {
    RecoveryTicket ticket = ticket("u-" + failed, failed, failed + ":3306", analysis, origin, at);
    return new Command.OpenRecovery(ticket, Optional.of(TWO));
  }

  private static Command release(Instant at) {
    return new Command.ReleaseBrake(new Acknowledgement("dba", "power is back", at));
  }

  private static RecoveryPause pauseOf(String cluster, String alias) {
    return new RecoveryPause(cluster, alias, "dba", "moves", NOON, LATER);
  }

  private static Command pause(String cluster) {
    return new Command.PauseRecoveries(pauseOf(cluster, ""));
  }

  // ---- downtime ----

  /** Found by simulation: the leader's gates had let it pass a moment before. */
  @Test
  void aDowntimeThatIsAgreedOnJustBeforeTheRecoveryIsObeyed() {
    Downtime downtime = new Downtime(server("a"), "dba", "works on it", NOON, LATER);
    ReplicatedState downtimed = after(new Command.BeginDowntime(downtime));
    assertThat(refusalOf(downtimed, automatic("a", NOON)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("a:3306", "dba", "works on it"));
    assertThat(refusalOf(downtimed, automatic("a", LATER))).isEmpty();
    assertThat(refusalOf(downtimed, automatic("b", NOON))).isEmpty();
    assertThat(refusalOf(downtimed, byPerson("a"))).isEmpty();
  }

  // ---- the budget ----

  @Test
  void leadersThatFollowEachOtherCannotExceedTheBudgetTogether() {
    assertThat(refusalOf(SPENT, automatic("c", NOON)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("2 servers", "a:3306, b:3306", "10 minutes"));
  }

  @Test
  void aPersonIsNotHeldBackByTheBudgetAndDoesNotUseItUp() {
    assertThat(refusalOf(SPENT, byPerson("c"))).isEmpty();
    ReplicatedState oneByHand = after(automatic("a", NOON), byPerson("b"));
    assertThat(refusalOf(oneByHand, automatic("c", NOON))).isEmpty();
  }

  @Test
  void aServerCountsOnceHoweverOftenItFails() {
    assertThat(Brakes.isUsedUp(SPENT, TWO, server("a"), NOON)).isFalse();
    assertThat(Brakes.isUsedUp(SPENT, TWO, server("c"), NOON)).isTrue();
  }

  @Test
  void whatIsOlderThanThePeriodDoesNotCount() {
    assertThat(refusalOf(SPENT, automatic("c", NOON.plus(TWO.period()).minusSeconds(1))))
        .isPresent();
    assertThat(refusalOf(SPENT, automatic("c", LATER))).isEmpty();
  }

  @Test
  void whatAClockThatIsAheadHasBegunCounts() {
    assertThat(refusalOf(SPENT, automatic("c", NOON.minusSeconds(30)))).isPresent();
  }

  @Test
  void repairsNeitherUseTheBudgetUpNorNeedIt() {
    ReplicatedState repaired =
        after(automatic("a", "LockedSemiSyncMaster", NOON), automatic("b", NOON));
    assertThat(refusalOf(repaired, automatic("c", NOON))).isEmpty();
    assertThat(refusalOf(SPENT, automatic("c", "LockedSemiSyncMaster", NOON))).isEmpty();
  }

  @Test
  void acknowledgingRecoveriesDoesNotRefillTheBudget() {
    ReplicatedState seen = after(SPENT, acknowledge(new Command.Selector.All()));
    assertThat(refusalOf(seen, automatic("c", NOON))).isPresent();
  }

  @Test
  void withoutABudgetThereIsNoLimit() {
    assertThat(refusalOf(SPENT, new Command.OpenRecovery(ticket("u3", "c")))).isEmpty();
  }

  // ---- the brake ----

  @Test
  void brakeHoldsBackEverythingAutomaticUntilAPersonReleasesIt() {
    Instant nextWeek = NOON.plus(Duration.ofDays(7));
    assertThat(refusalOf(BRAKED, automatic("c", nextWeek)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("release-recovery-brake", "c:3306", "a:3306"));
    assertThat(refusalOf(BRAKED, automatic("c", "LockedSemiSyncMaster", nextWeek))).isPresent();
    assertThat(refusalOf(BRAKED, byPerson("c"))).isEmpty();
  }

  @Test
  void timeDoesNotReleaseTheBrake() {
    Instant nextWeek = NOON.plus(Duration.ofDays(7));
    ReplicatedState expired = after(BRAKED, new Command.Expire(nextWeek, nextWeek, nextWeek));
    assertThat(expired.brake()).isEqualTo(BRAKED.brake());
  }

  @Test
  void afterTheReleaseTheBudgetCountsAnew() {
    ReplicatedState released = after(BRAKED, release(NOON.plusSeconds(60)));
    Instant next = NOON.plusSeconds(61);
    ReplicatedState spentAgain = after(released, automatic("c", next), automatic("d", next));
    assertThat(refusalOf(spentAgain, automatic("e", next))).isPresent();
    assertThat(idOf(spentAgain, new Command.PullBrake(TWO, server("e"), next))).isEqualTo(1);
  }

  @Test
  void brakeIsPulledOnlyWhileTheBudgetIsUsedUp() {
    ReplicatedState one = after(automatic("a", NOON));
    assertThat(refusalOf(one, new Command.PullBrake(TWO, server("c"), NOON))).isPresent();
    assertThat(refusalOf(SPENT, new Command.PullBrake(TWO, server("a"), NOON))).isPresent();
    assertThat(refusalOf(SPENT, new Command.PullBrake(TWO, server("c"), LATER))).isPresent();
  }

  @Test
  void brakeThatIsOnKeepsItsFirstReason() {
    assertThat(after(BRAKED, new Command.PullBrake(TWO, server("d"), NOON))).isSameAs(BRAKED);
  }

  @Test
  void releasingABrakeThatIsNotOnChangesNothing() {
    ReplicatedState released = after(BRAKED, release(NOON));
    assertThat(after(released, release(LATER))).isSameAs(released);
    assertThat(after(release(NOON))).isSameAs(ReplicatedState.EMPTY);
  }

  // ---- pauses ----

  @Test
  void pauseHoldsBackAutomaticRecoveriesOfItsClusterUntilItsEnd() {
    ReplicatedState paused = after(pause("a:3306"));
    assertThat(refusalOf(paused, automatic("a", NOON)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("dba", "moves", LATER.toString()));
    assertThat(refusalOf(paused, automatic("b", NOON))).isEmpty();
    assertThat(refusalOf(paused, byPerson("a"))).isEmpty();
    assertThat(refusalOf(paused, automatic("a", LATER))).isEmpty();
  }

  @Test
  void pauseEndsWhenAPersonSaysSo() {
    ReplicatedState resumed = after(pause("a:3306"), new Command.ResumeRecoveries("a:3306"));
    assertThat(refusalOf(resumed, automatic("a", NOON))).isEmpty();
    assertThat(idOf(resumed, new Command.ResumeRecoveries("a:3306"))).isZero();
  }

  @Test
  void pauseGoesAlongWithACluster() {
    ReplicatedState moved = after(pause("a:3306"), new Command.MoveCluster("a:3306", "b:3306"));
    assertThat(refusalOf(moved, automatic("b", NOON))).isPresent();
    assertThat(after(moved, new Command.ResumeRecoveries("a:3306")).pauses()).isEmpty();
  }

  @Test
  void pauseHoldsForAClusterOfTheSameAlias() {
    ReplicatedState paused = after(new Command.PauseRecoveries(pauseOf("old:3306", "orders")));
    assertThat(Brakes.pauseOf(paused, "new:3306", "orders", NOON)).isPresent();
    assertThat(Brakes.pauseOf(paused, "new:3306", "users", NOON)).isEmpty();
    assertThat(Brakes.pauseOf(after(pause("old:3306")), "new:3306", "", NOON)).isEmpty();
  }

  @Test
  void ofTwoPausesThatMeetTheLongerOneStays() {
    RecoveryPause longer =
        new RecoveryPause("b:3306", "", "dba", "upgrade", NOON, LATER.plusSeconds(60));
    ReplicatedState moved =
        after(
            pause("a:3306"),
            new Command.PauseRecoveries(longer),
            new Command.MoveCluster("a:3306", "b:3306"));
    assertThat(moved.pauses().values()).containsExactly(longer);
  }

  @Test
  void pauseIsDroppedWhenItIsOverOrItsClusterIsForgotten() {
    ReplicatedState paused = after(pause("a:3306"));
    assertThat(after(paused, new Command.Expire(LATER, NOON, NOON)).pauses()).isEmpty();
    assertThat(after(paused, new Command.ForgetCluster("a:3306", List.of())).pauses()).isEmpty();
    assertThat(after(paused, new Command.Expire(NOON, NOON, NOON))).isSameAs(paused);
  }

  @Test
  void pauseNeedsAClusterAndTime() {
    assertThat(refusalOf(ReplicatedState.EMPTY, pause(" "))).isPresent();
    RecoveryPause backwards = new RecoveryPause("a:3306", "", "dba", "", LATER, NOON);
    assertThat(refusalOf(ReplicatedState.EMPTY, new Command.PauseRecoveries(backwards)))
        .isPresent();
  }
}
