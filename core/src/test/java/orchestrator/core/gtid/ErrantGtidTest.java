package orchestrator.core.gtid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrantGtidTest {
  private static final String MASTER = "11111111-0000-0000-0000-000000000001";
  private static final String SOURCE = "22222222-0000-0000-0000-000000000002";
  private static final String REPLICA = "33333333-0000-0000-0000-000000000003";
  private static final String STRANGER = "44444444-0000-0000-0000-000000000004";
  private static final Set<String> ANCESTRY = Set.of(MASTER, SOURCE, REPLICA);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReplicaBehindItsSourceHasNone(boolean sourceReadLater) {
    assertThat(replica(MASTER + ":1-90", MASTER + ":1-100", sourceReadLater))
        .isEqualTo(ErrantGtid.NONE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ownWritesOfAReplicaAreErrant(boolean sourceReadLater) {
    assertThat(
            replica(MASTER + ":1-90," + REPLICA + ":1-2", MASTER + ":1-100", sourceReadLater)
                .errant())
        .hasToString(REPLICA + ":1-2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ownWritesFromItsTimeAsMasterAreNotErrant(boolean sourceReadLater) {
    String history = REPLICA + ":1-50," + MASTER + ":1-90";
    assertThat(replica(history, history + ":91-100", sourceReadLater)).isEqualTo(ErrantGtid.NONE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void transactionsOfAServerThatIsNotUpstreamAreErrant(boolean sourceReadLater) {
    // A former master whose last transactions reached this replica and not its new source.
    assertThat(
            replica(
                    STRANGER + ":1-105," + MASTER + ":1-9",
                    STRANGER + ":1-100," + MASTER + ":1-9",
                    sourceReadLater)
                .errant())
        .hasToString(STRANGER + ":101-105");
  }

  @Test
  void aSourceReadEarlierMayLackTransactionsOfAllServersUpstream() {
    assertThat(
            replica(
                MASTER + ":1-100," + SOURCE + ":1-5", MASTER + ":1-90," + SOURCE + ":1-3", false))
        .isEqualTo(ErrantGtid.NONE);
  }

  @Test
  void theSourceCountsAsUpstreamEvenWhereTheAncestryDoesNotNameIt() {
    ErrantGtid found =
        ErrantGtid.find(
            OracleGtidSet.parse(SOURCE + ":1-5"),
            OracleGtidSet.parse(SOURCE + ":1-3"),
            Set.of(),
            REPLICA,
            SOURCE,
            false,
            false);
    assertThat(found).isEqualTo(ErrantGtid.NONE);
  }

  @Test
  void aGapOfASourceReadLaterShowsErrantTransactionsUnderAnAncestorsUuid() {
    ErrantGtid found = replica(MASTER + ":1-90", MASTER + ":1-49:51-100", true);
    assertThat(found.errant()).hasToString(MASTER + ":50");
    assertThat(found.ahead().isEmpty()).isTrue();
  }

  @Test
  void transactionsThatASourceHasSentAndNotYetCommittedAreNotErrant() {
    ErrantGtid found = replica(MASTER + ":1-101", MASTER + ":1-100", true);
    assertThat(found.errant().isEmpty()).isTrue();
    assertThat(found.ahead()).hasToString(MASTER + ":101");
  }

  @Test
  void tagsHaveNumbersOfTheirOwn() {
    ErrantGtid found = replica(MASTER + ":1-9:blue:1-5", MASTER + ":1-100:blue:1-3:5-6", true);
    assertThat(found.errant()).hasToString(MASTER + ":blue:4");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCoMastersOwnWritesAreNotErrant(boolean sourceReadLater) {
    assertThat(coMaster(REPLICA + ":1-50," + SOURCE + ":1-3", sourceReadLater).errant().isEmpty())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStrangersWritesOnACoMasterAreErrant(boolean sourceReadLater) {
    assertThat(coMaster(REPLICA + ":1-50," + STRANGER + ":7", sourceReadLater).errant())
        .hasToString(STRANGER + ":7");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsErrantWhereASetIsUnknown(boolean sourceReadLater) {
    assertThat(replica(REPLICA + ":1", "", sourceReadLater)).isEqualTo(ErrantGtid.NONE);
    assertThat(replica("", REPLICA + ":1", sourceReadLater)).isEqualTo(ErrantGtid.NONE);
  }

  @Test
  void uuidsMayBeInAnyCase() {
    String upperCase = "aaaaaaaa-0000-0000-0000-00000000000a".toUpperCase(Locale.ROOT);
    ErrantGtid found =
        ErrantGtid.find(
            OracleGtidSet.parse(upperCase + ":1-9," + SOURCE + ":1"),
            OracleGtidSet.parse(SOURCE + ":1"),
            Set.of(upperCase),
            upperCase,
            SOURCE,
            false,
            true);
    assertThat(found.errant()).hasToString(upperCase.toLowerCase(Locale.ROOT) + ":1-9");
  }

  /**
   * One history, written by the master and passed on in order; the replica has a prefix of it and
   * some transactions of its own. Whatever the moments of reading, exactly the latter are errant.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsExactlyWhatWasWrittenOnTheReplica(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      long sourceLast = random.nextLong(1, 51);
      long replicaLast = random.nextLong(1, 51);
      OracleGtidSet written = OracleGtidSet.EMPTY;
      for (int j = random.nextInt(4); j > 0; j--) {
        written = written.plus(OracleGtid.of(REPLICA, 1 + random.nextInt(9)));
      }
      ErrantGtid found =
          ErrantGtid.find(
              written.plus(MASTER, "", 1, replicaLast),
              OracleGtidSet.EMPTY.plus(MASTER, "", 1, sourceLast),
              ANCESTRY,
              REPLICA,
              SOURCE,
              false,
              random.nextBoolean());
      assertThat(found.errant())
          .as("seed %d: master 1-%d, replica 1-%d", seed, sourceLast, replicaLast)
          .isEqualTo(written);
    }
  }

  private static ErrantGtid replica(
      String replicaExecuted, String sourceExecuted, boolean sourceReadLater) {
    return ErrantGtid.find(
        OracleGtidSet.parse(replicaExecuted),
        OracleGtidSet.parse(sourceExecuted),
        ANCESTRY,
        REPLICA,
        SOURCE,
        false,
        sourceReadLater);
  }

  private static ErrantGtid coMaster(String replicaExecuted, boolean sourceReadLater) {
    return ErrantGtid.find(
        OracleGtidSet.parse(replicaExecuted),
        OracleGtidSet.parse(SOURCE + ":1-3"),
        Set.of(SOURCE, REPLICA),
        REPLICA,
        SOURCE,
        true,
        sourceReadLater);
  }
}
