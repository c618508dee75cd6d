package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;

/** A node that may have been emptied helps to elect nobody who may lack what it has forgotten. */
class ProbationTest {
  private final AtomicReference<TermIndex> applied = new AtomicReference<>(TermIndex.INITIAL_VALUE);
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicLong clock = new AtomicLong();
  private final Probation probation = probation(true);

  private Probation probation(boolean active) {
    return new Probation(
        active, Set.of("b", "c"), applied::get, ended::incrementAndGet, clock::get);
  }

  private void applies(long term, long index) {
    applied.set(TermIndex.valueOf(term, index));
  }

  @Test
  void inAGroupThatBeginsAllVote() {
    assertThat(probation.mayElect(0)).isTrue();
    probation.heard("b", 1);
    assertThat(probation.mayElect(0)).as("one that had a leader for a moment").isTrue();
    probation.onLeader(1, 0, 0);
    assertThat(probation.mayElect(2)).isTrue();
  }

  @Test
  void whoeverHasALogGetsNoVoteAndShowsThatTheGroupIsNotNew() {
    assertThat(probation.mayElect(Probation.BEGINNING)).isFalse();
    assertThat(probation.mayElect(0)).as("nor one emptied at the same time").isFalse();
  }

  @Test
  void anAnswerOfOneThatHasALogShowsItToo() {
    probation.heard("b", 1000);
    assertThat(probation.mayElect(0)).isFalse();
  }

  /** The majority may have been emptied, and whoever was not be the last to answer. */
  @Test
  void nobodyStandsBeforeAllOthersWereHeard() {
    probation.heard("b", 0);
    assertThat(probation.mayStand(0)).isFalse();
    probation.heard("c", 0);
    assertThat(probation.mayStand(0)).isTrue();
  }

  @Test
  void whoIsHeardLastAndHasALogEndsIt() {
    probation.heard("b", 0);
    assertThat(probation.mayStand(0)).isFalse();
    probation.heard("c", Probation.BEGINNING);
    clock.set(Probation.ABSENCE.toNanos());
    assertThat(probation.mayStand(0)).isFalse();
  }

  @Test
  void whoIsAbsentIsNotWaitedForForEver() {
    clock.set(-5);
    assertThat(probation.mayStand(0)).isFalse();
    clock.addAndGet(Probation.ABSENCE.toNanos() - 1);
    assertThat(probation.mayStand(0)).isFalse();
    clock.addAndGet(1);
    assertThat(probation.mayStand(0)).isTrue();
  }

  @Test
  void aHalfFilledNodeNeitherVotesNorStands() {
    probation.onLeader(7, 200, 0);
    applies(7, 100);
    probation.onLeader(7, 205, 0);
    assertThat(probation.mayElect(205)).as("another").isFalse();
    assertThat(probation.mayElect(100)).as("itself").isFalse();
    assertThat(ended).hasValue(0);
  }

  @Test
  void whatTheLeaderHadCommittedWhenItWasFirstHeardSuffices() {
    probation.onLeader(7, 200, 0);
    applies(7, 200);
    probation.onLeader(7, 300, 0);
    assertThat(ended).hasValue(1);
    assertThat(probation.mayElect(300)).isTrue();
  }

  /** It counts on what the node acknowledged before it was emptied. */
  @Test
  void whatTheLeaderBelievesThisNodeToHaveIsNeededToo() {
    probation.onLeader(7, 200, 210);
    applies(7, 205);
    assertThat(probation.mayElect(250)).isFalse();
    applies(7, 210);
    assertThat(probation.mayElect(250)).isTrue();
  }

  /** It may know little of what is committed as long as none of its own entries is. */
  @Test
  void aLeaderThatWasJustElectedIsNotBelievedBeforeAnEntryOfItsOwnTerm() {
    probation.onLeader(8, 90, 0);
    applies(7, 95);
    assertThat(probation.mayElect(250)).isFalse();
    applies(8, 101);
    assertThat(probation.mayElect(250)).isTrue();
  }

  @Test
  void aNewLeaderRaisesTheBar() {
    probation.onLeader(7, 200, 0);
    probation.onLeader(8, 250, 0);
    applies(7, 220);
    assertThat(probation.mayElect(250)).isFalse();
    probation.onLeader(7, 100, 0);
    applies(8, 249);
    assertThat(probation.mayElect(250)).as("a deposed leader lowers nothing").isFalse();
    applies(8, 250);
    assertThat(probation.mayElect(250)).isTrue();
  }

  @Test
  void theFirstLeaderOfAGroupIsFree() {
    probation.onLeading();
    assertThat(ended).hasValue(1);
    assertThat(probation.mayElect(250)).isTrue();
  }

  @Test
  void aNodeThatHadALogIsNeverOnProbation() {
    Probation none = probation(false);
    none.onLeader(7, 200, 0);
    none.onLeading();
    assertThat(none.mayElect(1000)).isTrue();
    assertThat(none.mayStand(1000)).as("without having heard the others").isTrue();
    assertThat(ended).hasValue(0);
  }
}
