package orchestrator.core.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation against the same operation on plain sets of single transactions. */
class OracleGtidSetAlgebraTest {
  private static final int CASES_PER_SEED = 400;
  private static final String A = "00005a7b-0000-0000-0000-00000000000a";
  private static final String B = "00005a7b-0000-0000-0000-00000000000b";
  private static final List<String> UUIDS = List.of(A, B, "ffff5a7b-0000-0000-0000-00000000000c");
  private static final List<String> TAGS = List.of("", "", "blue", "green");

  /** A set and its naive counterpart, elements in text form. */
  private record Pair(OracleGtidSet set, Set<String> model) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
  void setOperationsAgreeWithPlainSets(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < CASES_PER_SEED; i++) {
      Pair left = randomPair(random);
      Pair right = random.nextInt(4) == 0 ? randomSubset(left, random) : randomPair(random);
      String context = "seed " + seed + ": " + left.set() + " and " + right.set();

      Set<String> union = new TreeSet<>(left.model());
      union.addAll(right.model());
      assertThat(elements(left.set().union(right.set()))).as(context).isEqualTo(union);

      Set<String> difference = new TreeSet<>(left.model());
      difference.removeAll(right.model());
      assertThat(elements(left.set().subtract(right.set()))).as(context).isEqualTo(difference);

      Set<String> common = new TreeSet<>(left.model());
      common.retainAll(right.model());
      assertThat(elements(left.set().intersect(right.set()))).as(context).isEqualTo(common);

      boolean superset = left.model().containsAll(right.model());
      assertThat(left.set().contains(right.set())).as(context).isEqualTo(superset);
      assertThat(left.set().equals(right.set()))
          .as(context)
          .isEqualTo(left.model().equals(right.model()));
      assertThat(left.set().transactionCount()).as(context).isEqualTo(left.model().size());
      assertThat(left.set().isEmpty()).as(context).isEqualTo(left.model().isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {101, 102, 103, 104, 105})
  void resultsAreCanonicalHoweverTheyWereMade(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < CASES_PER_SEED; i++) {
      OracleGtidSet left = randomPair(random).set();
      OracleGtidSet right = randomPair(random).set();
      OracleGtidSet union = left.union(right);
      assertThat(OracleGtidSet.parse(union.toString())).isEqualTo(union);
      assertThat(left.subtract(right).union(left.intersect(right)))
          .isEqualTo(left)
          .hasSameHashCodeAs(left)
          .hasToString(left.toString());
      List<OracleGtid> singly = new ArrayList<>(union.transactions().toList());
      Collections.shuffle(singly, random);
      assertThat(OracleGtidSet.of(singly.toArray(OracleGtid[]::new))).isEqualTo(union);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {201, 202, 203})
  void membershipOfSingleTransactionsAgreesWithPlainSets(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < CASES_PER_SEED; i++) {
      Pair pair = randomPair(random);
      OracleGtid transaction =
          new OracleGtid(
              UUIDS.get(random.nextInt(UUIDS.size())),
              TAGS.get(random.nextInt(TAGS.size())),
              1 + random.nextInt(60));
      assertThat(pair.set().contains(transaction))
          .as("seed %d: %s in %s", seed, transaction, pair.set())
          .isEqualTo(pair.model().contains(transaction.toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {301, 302, 303})
  void comparisonNamesTheRelation(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < CASES_PER_SEED; i++) {
      Pair left = randomPair(random);
      Pair right = random.nextBoolean() ? randomSubset(left, random) : randomPair(random);
      boolean superset = left.model().containsAll(right.model());
      boolean subset = right.model().containsAll(left.model());
      GtidComparison expected =
          superset && subset
              ? GtidComparison.EQUAL
              : superset
                  ? GtidComparison.SUPERSET
                  : subset ? GtidComparison.SUBSET : GtidComparison.DIVERGED;
      assertThat(left.set().compareWith(right.set()))
          .as("seed %d: %s to %s", seed, left.set(), right.set())
          .isEqualTo(expected);
    }
  }

  @Test
  void selectsByUuidWhateverTheTagAndTheCase() {
    OracleGtidSet set = OracleGtidSet.parse(A + ":1-3:blue:4," + B + ":7");
    String upperCaseA = A.toUpperCase(Locale.ROOT);
    assertThat(set.without(upperCaseA)).hasToString(B + ":7");
    assertThat(set.only(Set.of(upperCaseA))).hasToString(A + ":1-3:blue:4");
    assertThat(set.without(Set.of(A, B))).isEqualTo(OracleGtidSet.EMPTY);
    assertThat(set.uuids()).containsExactly(A, B);
  }

  @Test
  void numbersOfATagAreNotThoseOfTheUuid() {
    OracleGtidSet plain = OracleGtidSet.parse(A + ":1-5");
    OracleGtidSet tagged = OracleGtidSet.parse(A + ":blue:1-5");
    assertThat(plain.compareWith(tagged)).isEqualTo(GtidComparison.DIVERGED);
    assertThat(plain.intersect(tagged).isEmpty()).isTrue();
    assertThat(plain.union(tagged)).hasToString(A + ":1-5:blue:1-5");
    assertThat(plain.union(tagged).lastNumber(A, "")).isEqualTo(5);
    assertThat(plain.lastNumber(A, "blue")).isZero();
  }

  @Test
  void addsIntervals() {
    OracleGtidSet set = OracleGtidSet.EMPTY.plus(A, "", 1, 5).plus(A, "", 6, 6).plus(A, "t", 2, 3);
    assertThat(set).hasToString(A + ":1-6:t:2-3");
    assertThatThrownBy(() -> set.plus(A, "", 9, 8)).isInstanceOf(GtidParseException.class);
  }

  @Test
  void worksUpToTheLargestNumber() {
    OracleGtidSet all = OracleGtidSet.EMPTY.plus(A, "", 1, OracleGtid.MAX_NUMBER);
    OracleGtidSet last = OracleGtidSet.of(OracleGtid.of(A, OracleGtid.MAX_NUMBER));
    assertThat(all.subtract(last)).hasToString(A + ":1-" + (OracleGtid.MAX_NUMBER - 1));
    assertThat(last.subtract(all).isEmpty()).isTrue();
    assertThat(all.subtract(last).union(last)).isEqualTo(all);
    assertThat(all.plus(B, "", 1, OracleGtid.MAX_NUMBER).transactionCount())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void saysWhatAnotherServerLacks() {
    OracleGtidSet ahead = OracleGtidSet.parse(A + ":1-10");
    OracleGtidSet behind = OracleGtidSet.parse(A + ":1-7");
    assertThat(ahead.missingFrom(behind)).hasToString(A + ":8-10");
    assertThat(behind.missingFrom(ahead).isEmpty()).isTrue();
  }

  @Test
  void aSetOfTheOtherFamilyHasNothingInCommon() {
    GtidSet oracle = OracleGtidSet.parse(A + ":1-10");
    GtidSet mariaDb = MariaDbGtidSet.parse("0-1-10");
    assertThat(oracle.compareWith(mariaDb)).isEqualTo(GtidComparison.DIVERGED);
    assertThat(oracle.missingFrom(mariaDb)).isEqualTo(oracle);
    assertThat(oracle.compareWith(MariaDbGtidSet.EMPTY)).isEqualTo(GtidComparison.SUPERSET);
    assertThat(MariaDbGtidSet.EMPTY.compareWith(OracleGtidSet.EMPTY))
        .isEqualTo(GtidComparison.EQUAL);
  }

  private static Set<String> elements(OracleGtidSet set) {
    return set.transactions()
        .map(OracleGtid::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Few UUIDs and small numbers, so that the sets meet; given as text in random order. */
  private static Pair randomPair(Random random) {
    Set<String> model = new TreeSet<>();
    List<String> parts = new ArrayList<>();
    int intervals = random.nextInt(9);
    for (int i = 0; i < intervals; i++) {
      String uuid = UUIDS.get(random.nextInt(UUIDS.size()));
      String tag = TAGS.get(random.nextInt(TAGS.size()));
      String origin = tag.isEmpty() ? uuid : uuid + ":" + tag;
      int first = 1 + random.nextInt(50);
      int last = first + (random.nextBoolean() ? 0 : random.nextInt(12));
      for (int number = first; number <= last; number++) {
        model.add(origin + ":" + number);
      }
      parts.add(origin + ":" + (first == last ? first : first + "-" + last));
    }
    return new Pair(OracleGtidSet.parse(String.join(",\n", parts)), model);
  }

  private static Pair randomSubset(Pair pair, Random random) {
    List<String> kept = pair.model().stream().filter(transaction -> random.nextInt(5) > 0).toList();
    return new Pair(OracleGtidSet.parse(String.join(",", kept)), new TreeSet<>(kept));
  }
}
