package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.Nearness.Verdict;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;

/** When the target of a takeover is near enough to its master to block writes. */
class NearnessTest {
  private static final String UUID = "11111111-1111-1111-1111-111111111111";
  private static final Instant START = TopologyBuilder.NOW;
  private static final Duration NEAR = Duration.ofMillis(150);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int INTERVAL_MILLIS = 50;

  private static OracleGtidSet upTo(long last) {
    return OracleGtidSet.parse(UUID + ":1-" + last);
  }

  /** Looks every 50 ms until something is decided; both tell what they have by the millisecond. */
  private static Nearness decided(LongUnaryOperator master, LongUnaryOperator target) {
    Optional<Nearness> nearness = Optional.empty();
    for (long millis = 0; millis < 60_000; millis += INTERVAL_MILLIS) {
      Nearness next =
          Nearness.after(
              nearness,
              new Progress.Transactions(upTo(master.applyAsLong(millis))),
              new Progress.Transactions(upTo(target.applyAsLong(millis))),
              START.plusMillis(millis));
      if (next.verdict(NEAR, LIMIT) != Verdict.WAIT) {
        return next;
      }
      nearness = Optional.of(next);
    }
    throw new AssertionError("nothing was decided for a minute");
  }

  private static Duration waited(Nearness nearness) {
    return Duration.between(START, nearness.looks().getLast().at());
  }

  @Test
  void aTargetThatLacksNothingIsNearAtOnce() {
    Nearness nearness = decided(millis -> 100, millis -> 100);
    assertThat(nearness.verdict(NEAR, LIMIT)).isEqualTo(Verdict.NEAR);
    assertThat(waited(nearness)).isZero();
  }

  @Test
  void aBacklogIsWaitedForUntilTheRestIsAMatterOfMoments() {
    // The master writes one transaction each millisecond, the target applies two.
    Nearness nearness = decided(millis -> 10_000 + millis, millis -> 9_000 + 2 * millis);
    assertThat(nearness.verdict(NEAR, LIMIT)).isEqualTo(Verdict.NEAR);
    assertThat(nearness.lacking().size()).isBetween(1L, 300L);
    assertThat(nearness.expected().orElseThrow()).isLessThanOrEqualTo(NEAR);
  }

  @Test
  void underALoadThatGrowsTheBacklogWaitingEndsSoon() {
    Nearness nearness = decided(millis -> 10_000 + 2 * millis, millis -> 9_000 + millis);
    assertThat(nearness.verdict(NEAR, LIMIT)).isEqualTo(Verdict.AS_NEAR_AS_IT_GETS);
    assertThat(waited(nearness)).isEqualTo(Nearness.STALL);
  }

  @Test
  void aLongTransactionIsNotTakenForABacklogThatStays() {
    // Nothing is applied for 5 s, and then 10 transactions each millisecond.
    Nearness nearness =
        decided(
            millis -> 10_000 + millis,
            millis -> Math.min(10_000 + millis, 9_999 + 10 * Math.max(0, millis - 5_000)));
    assertThat(nearness.verdict(NEAR, LIMIT)).isEqualTo(Verdict.NEAR);
    assertThat(waited(nearness)).isGreaterThan(Duration.ofSeconds(5));
  }

  @Test
  void aTargetThatAppliesNothingIsWaitedForNoLongerThanTheLimit() {
    Nearness nearness = decided(millis -> 10_000, millis -> 9_999);
    assertThat(nearness.verdict(NEAR, LIMIT)).isEqualTo(Verdict.AS_NEAR_AS_IT_GETS);
    assertThat(nearness.expected()).isEmpty();
    assertThat(waited(nearness)).isEqualTo(LIMIT);
  }

  @Test
  void aBacklogThatShrinksTooSlowlyIsWaitedForNoLongerThanTheLimit() {
    Nearness nearness = decided(millis -> 1_000_000, millis -> 900_000 + millis);
    assertThat(waited(nearness)).isEqualTo(LIMIT);
    assertThat(nearness.expected().orElseThrow())
        .isBetween(Duration.ofSeconds(79), Duration.ofSeconds(81));
  }

  @Test
  void aTargetThatStallsForSomeSecondsIsWaitedForUntilItGoesOn() {
    // One transaction each 300 ms for 3 s, and then ten each millisecond.
    Nearness nearness =
        decided(
            millis -> 10_000 + millis,
            millis ->
                Math.min(10_000 + millis, 9_000 + millis / 300 + 10 * Math.max(0, millis - 3_000)));
    assertThat(nearness.verdict(NEAR, LIMIT)).isEqualTo(Verdict.NEAR);
    assertThat(waited(nearness)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
  }

  private static Progress numbered(long last) {
    return new Progress.Transactions(MariaDbGtidSet.parse("0-1-" + last));
  }

  private static Progress at(long position) {
    return new Progress.Place(BinlogCoordinates.binary("master-bin.000009", position));
  }

  @Test
  void withoutGtidsTheExtentOfTheLogIsCounted() {
    Nearness first = Nearness.after(Optional.empty(), at(1000), at(100), START);
    Nearness second = Nearness.after(Optional.of(first), at(1000), at(900), START.plusMillis(800));
    assertThat(second.expected()).contains(Duration.ofMillis(100));
    assertThat(Nearness.after(Optional.of(second), at(1000), at(1000), START).expected())
        .contains(Duration.ZERO);
  }

  /** How long the file was that the master has left is not known. */
  @Test
  void aTargetThatReadsAnEarlierFileIsWaitedForAsLongAsThatLasts() {
    Progress later = new Progress.Place(BinlogCoordinates.binary("master-bin.000010", 100));
    Optional<Nearness> nearness = Optional.empty();
    for (long millis = 0; millis < 2000; millis += INTERVAL_MILLIS) {
      nearness =
          Optional.of(Nearness.after(nearness, later, at(1000 + millis), START.plusMillis(millis)));
      assertThat(nearness.get().verdict(NEAR, LIMIT)).isEqualTo(Verdict.WAIT);
    }
    Nearness there = Nearness.after(nearness, later, later, START.plusMillis(2000));
    assertThat(there.verdict(NEAR, LIMIT)).isEqualTo(Verdict.NEAR);
  }

  @Test
  void transactionsOfMariaDbAreCountedByTheirNumbers() {
    Optional<Nearness> first =
        Optional.of(Nearness.after(Optional.empty(), numbered(1000), numbered(100), START));
    Nearness second = Nearness.after(first, numbered(1000), numbered(900), START.plusMillis(800));
    assertThat(first.orElseThrow().lacking().size()).isEqualTo(900);
    assertThat(second.expected()).contains(Duration.ofMillis(100));
  }
}
