package orchestrator.core.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MariaDbGtidSetTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "'' | ''",
        "' \n' | ''",
        "0-1-100 | 0-1-100",
        "' 0-1-100 ,\n1-2-5 ' | 0-1-100,1-2-5",
        "1-2-5,0-1-100 | 0-1-100,1-2-5",
        "0-2-7,0-1-9 | 0-1-9,0-2-7",
        "0-1-9,0-1-12,0-1-3 | 0-1-12",
        "0-1-0 | ''",
        "4294967295-4294967295-9223372036854775807 | 4294967295-4294967295-9223372036854775807",
      })
  void readsServerTexts(String text, String canonical) {
    assertThat(MariaDbGtidSet.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "0-1",
        "0-1-",
        "0-1-2-3",
        "-1-1-1",
        "0-1-100,",
        "0-1-100,,1-1-1",
        "0-1-a",
        "4294967296-1-1",
        "0-4294967296-1",
        "0-1-9223372036854775808",
        "0-1-99999999999999999999999",
        "00005a7b-0000-0000-0000-00000000000a:1-5",
      })
  void refusesMalformedTextNamingIt(String text) {
    assertThatThrownBy(() -> MariaDbGtidSet.parse(text))
        .isInstanceOf(GtidParseException.class)
        .hasMessageContaining("MariaDB GTID");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-1-100 | 0-1-100 | EQUAL",
        "0-1-101 | 0-1-100 | SUPERSET",
        "0-1-99 | 0-1-100 | SUBSET",
        "'' | 0-1-100 | SUBSET",
        "'' | '' | EQUAL",
        // After a failover the new master, 2, writes on in the same domain.
        "0-2-101 | 0-1-100 | SUPERSET",
        "0-1-100 | 0-2-100 | DIVERGED",
        "0-1-100,1-1-5 | 0-1-100 | SUPERSET",
        "0-1-100,1-1-5 | 0-1-101,1-1-4 | DIVERGED",
        "0-1-100 | 1-1-100 | DIVERGED",
        // A binlog state lists more than a position, but stands at the same place.
        "0-1-90,0-2-100 | 0-2-100 | EQUAL",
        "0-1-100,0-2-100 | 0-2-100 | SUPERSET",
      })
  void comparesPositionsPerDomain(String left, String right, GtidComparison expected) {
    assertThat(MariaDbGtidSet.parse(left).compareWith(MariaDbGtidSet.parse(right)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-1-100 | 0-1-90 | 0-1-91..100 | 10",
        "0-1-91 | 0-1-90 | 0-1-91 | 1",
        "0-2-100 | 0-1-90 | 0-2-91..100 | 10",
        "0-1-100 | 0-1-100 | '' | 0",
        "0-1-90 | 0-1-100 | '' | 0",
        "0-1-3 | '' | 0-1-1..3 | 3",
        "0-1-100,1-7-5 | 0-1-90 | 0-1-91..100,1-7-1..5 | 15",
        "0-1-100 | 0-2-100 | 0-1-100 | 1",
        "0-1-100,0-2-100 | 0-2-100 | 0-1-100 | 1",
        "0-1-100,0-3-105 | 0-2-100 | 0-3-100..105 | 6",
      })
  void saysWhatAnotherServerLacksAsRangesPerDomain(
      String left, String right, String ranges, long count) {
    MariaDbGtidDifference missing =
        MariaDbGtidSet.parse(left).missingFrom(MariaDbGtidSet.parse(right));
    assertThat(missing).hasToString(ranges);
    assertThat(missing.transactionCount()).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void nothingIsMissingExactlyWhereAllIsCovered(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      MariaDbGtidSet left = randomSet(random);
      MariaDbGtidSet right = randomSet(random);
      MariaDbGtidSet union = left.union(right);
      String context = "seed " + seed + ": " + left + " and " + right;
      assertThat(left.missingFrom(right).isEmpty()).as(context).isEqualTo(right.covers(left));
      assertThat(union.covers(left) && union.covers(right)).as(context).isTrue();
      assertThat(left.covers(left)).as(context).isTrue();
      assertThat(MariaDbGtidSet.parse(union.toString())).as(context).isEqualTo(union);
      if (!left.conflictingDomains(right).isEmpty()) {
        assertThat(left.covers(right) && right.covers(left)).as(context).isFalse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void onOneSharedHistoryPositionsCompareLikePlainSets(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      // Each domain is one history, its writer changing now and then; servers hold prefixes of it.
      long[] writers = random.longs(30, 1, 4).toArray();
      int leftLast = random.nextInt(30);
      int rightLast = random.nextInt(30);
      MariaDbGtidSet left = state(writers, leftLast);
      MariaDbGtidSet right =
          random.nextBoolean() ? state(writers, rightLast) : state(writers, rightLast).positions();
      assertThat(left.covers(right))
          .as("seed %d: %s covers %s", seed, left, right)
          .isEqualTo(leftLast >= rightLast);
      assertThat(left.missingFrom(right).transactionCount())
          .isEqualTo(Math.max(0, leftLast - rightLast));
    }
  }

  @Test
  void differentServersUnderTheSameNumberAreAConflict() {
    MariaDbGtidSet left = MariaDbGtidSet.parse("0-1-100,1-1-5,2-1-9");
    assertThat(left.conflictingDomains(MariaDbGtidSet.parse("0-2-100,1-2-6,2-1-9")))
        .containsExactly(0L);
  }

  @Test
  void unionTakesTheLaterGtidOfEachServer() {
    assertThat(MariaDbGtidSet.parse("0-1-100,0-2-3").union(MariaDbGtidSet.parse("0-2-7,1-1-1")))
        .hasToString("0-1-100,0-2-7,1-1-1");
  }

  @Test
  void aBinlogStateReducesToOnePositionPerDomain() {
    MariaDbGtidSet state = MariaDbGtidSet.parse("0-1-90,0-2-100,0-3-95,1-5-7");
    assertThat(state.positions()).hasToString("0-2-100,1-5-7");
    assertThat(state.position(0)).contains(MariaDbGtid.parse("0-2-100"));
    assertThat(state.position(9)).isEmpty();
    assertThat(state.withoutDomains(Set.of(0L))).hasToString("1-5-7");
    assertThat(state.domainIds()).containsExactly(0L, 1L);
  }

  @Test
  void addsSingleTransactions() {
    assertThat(MariaDbGtidSet.EMPTY.plus(MariaDbGtid.parse("0-1-5"))).hasToString("0-1-5");
  }

  private static MariaDbGtidSet state(long[] writers, int last) {
    List<MariaDbGtid> gtids = new ArrayList<>();
    for (int sequence = 1; sequence <= last; sequence++) {
      gtids.add(new MariaDbGtid(0, writers[sequence - 1], sequence));
    }
    return MariaDbGtidSet.of(gtids);
  }

  private static MariaDbGtidSet randomSet(Random random) {
    List<MariaDbGtid> gtids = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      gtids.add(new MariaDbGtid(random.nextInt(3), 1 + random.nextInt(3), random.nextInt(6)));
    }
    return MariaDbGtidSet.of(gtids);
  }
}
