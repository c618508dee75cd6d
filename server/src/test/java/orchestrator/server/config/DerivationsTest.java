package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationFixtures.errors;
import static orchestrator.server.config.ConfigurationFixtures.parse;
import static orchestrator.server.config.ConfigurationFixtures.warnings;
import static orchestrator.server.config.ConfigurationFixtures.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules between keys. */
class DerivationsTest {

  @Test
  void theMinutesOfTheRecoveryBlockCountOnlyWhenTheSecondsAreZero() {
    assertThat(
            with("\"RecoveryPeriodBlockSeconds\": 0, \"RecoveryPeriodBlockMinutes\": 5")
                .recovery()
                .block())
        .hasMinutes(5);
    assertThat(with("\"RecoveryPeriodBlockMinutes\": 5").recovery().block()).hasMinutes(60);
    assertThat(
            with("\"RecoveryPeriodBlockSeconds\": 0, \"RecoveryPeriodBlockMinutes\": 0")
                .recovery()
                .block())
        .isZero();
    assertThat(warnings(parse("\"RecoveryPeriodBlockMinutes\": 5")))
        .singleElement()
        .asString()
        .contains(
            "RecoveryPeriodBlockMinutes is 5: has no effect", "RecoveryPeriodBlockSeconds is 3600");
  }

  @Test
  void theOldNameOfTheLagQueryFillsTheNewOne() {
    assertThat(with("\"SlaveLagQuery\": \"select 1\"").replication().lagQuery())
        .contains("select 1");
    assertThat(
            with("\"SlaveLagQuery\": \"q\", \"ReplicationLagQuery\": \"q\"")
                .replication()
                .lagQuery())
        .contains("q");
    assertThat(
            with("\"SlaveLagQuery\": \"q\"").values().get(ReplicationConfiguration.SLAVE_LAG_QUERY))
        .isEmpty();
  }

  @Test
  void oldNamesOfDetachingForceTheNewOnes() {
    assertThat(with("").recovery().detachLostReplicas()).isTrue();
    assertThat(with("\"DetachLostReplicasAfterMasterFailover\": false").recovery())
        .returns(true, RecoveryConfiguration::detachLostReplicas);
    assertThat(
            with("\"DetachLostReplicasAfterMasterFailover\": false,"
                    + " \"DetachLostSlavesAfterMasterFailover\": false")
                .recovery()
                .detachLostReplicas())
        .isFalse();
    assertThat(warnings(parse("\"DetachLostReplicasAfterMasterFailover\": false")))
        .singleElement()
        .asString()
        .contains("unless DetachLostSlavesAfterMasterFailover is false too");
    assertThat(with("\"MasterFailoverDetachSlaveMasterHost\": true").recovery().detachPromoted())
        .isTrue();
  }

  @Test
  void theOldNameOfPostponingFillsTheNewOne() {
    assertThat(with("\"PostponeSlaveRecoveryOnLagMinutes\": 4").recovery().postponeReplicaOnLag())
        .hasValueSatisfying(lag -> assertThat(lag).hasMinutes(4));
    assertThat(with("").recovery().postponeReplicaOnLag()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "/, ''",
    "orchestrator, /orchestrator",
    "/orchestrator/, /orchestrator",
    "//a/b//, /a/b"
  })
  void thePrefixOfPathsHasOneSlashInFrontAndNoneBehind(String written, String expected) {
    assertThat(with("\"URLPrefix\": \"" + written + "\"").http().urlPrefix()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"mysql/master, mysql/master/", "a//, a/", "/, /", "'', /"})
  void thePrefixOfPublishedKeysHasOneSlashBehind(String written, String expected) {
    assertThat(
            with("\"KVClusterMasterPrefix\": \"" + written + "\"")
                .keyValueStores()
                .clusterMasterPrefix())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"-3, 5", "5, 5", "20, 20", "64, 64", "100, 64"})
  void theSizeOfConsulTransactionsIsClamped(int written, int expected) {
    assertThat(
            with("\"ConsulMaxKVsPerTransaction\": " + written)
                .keyValueStores()
                .consulMaxKeysPerTransaction())
        .isEqualTo(expected);
  }

  @Test
  void theAdvertisedRaftAddressIsTheBoundOneByDefault() {
    assertThat(with("").raft().advertise()).hasToString("Optional[127.0.0.1:10008]");
    assertThat(with("\"RaftBind\": \"db1\"").raft().advertise()).hasToString("Optional[db1]");
    assertThat(with("\"RaftBind\": \"db1\", \"RaftAdvertise\": \"db2:1\"").raft().advertise())
        .hasToString("Optional[db2:1]");
  }

  @Test
  void injectedMarkersOverwriteTheirDescription() {
    PseudoGtidConfiguration markers =
        with("\"AutoPseudoGTID\": true, \"PseudoGTIDPattern\": \"mine\"").pseudoGtid();

    assertThat(markers.pattern().map(Pattern::pattern))
        .contains("drop view if exists `_pseudo_gtid_`");
    assertThat(markers.pattern().map(Pattern::flags)).contains(Pattern.LITERAL);
    assertThat(markers.monotonicHint()).contains("asc:");
    assertThat(markers.detectionQuery()).contains("select 1");
  }

  @Test
  void aPatternOfMarkersIsWrittenAsTheOtherPatternsAre() {
    Pattern pattern =
        with("\"PseudoGTIDPattern\": \"mark[[:digit:]]+\"").pseudoGtid().pattern().orElseThrow();
    assertThat(pattern.matcher("a mark12").find()).isTrue();
    assertThat(pattern.matcher("a mark:").find()).isFalse();
  }

  @Test
  void aWriteBufferWithoutRoomIsOff() {
    String on = "\"BufferInstanceWrites\": true, \"InstanceWriteBufferSize\": ";
    assertThat(with(on + 0).discovery().bufferWrites()).isFalse();
    assertThat(with(on + 1).discovery().bufferWrites()).isTrue();
  }

  @Test
  void theSemiSyncLockIsBelievedAfterTheReasonableLagByDefault() {
    assertThat(with("\"ReasonableReplicationLagSeconds\": 33").semiSync().reasonableLock())
        .hasSeconds(33);
    assertThat(with("\"ReasonableLockedSemiSyncMasterSeconds\": 4").semiSync().reasonableLock())
        .hasSeconds(4);
  }

  static Stream<String[]> contradictions() {
    return Stream.of(
        new String[] {
          "\"SlaveLagQuery\": \"a\", \"ReplicationLagQuery\": \"b\"",
          "SlaveLagQuery is \"a\": must be absent or equal to ReplicationLagQuery"
        },
        new String[] {
          "\"FailMasterPromotionIfSQLThreadNotUpToDate\": true,"
              + " \"DelayMasterPromotionIfSQLThreadNotUpToDate\": true",
          "FailMasterPromotionIfSQLThreadNotUpToDate is true: must not be true together with"
              + " DelayMasterPromotionIfSQLThreadNotUpToDate"
        },
        new String[] {
          "\"FailMasterPromotionOnLagMinutes\": 1",
          "FailMasterPromotionOnLagMinutes is 1: must be 0 unless ReplicationLagQuery is set"
        },
        new String[] {
          "\"PostponeSlaveRecoveryOnLagMinutes\": 1, \"PostponeReplicaRecoveryOnLagMinutes\": 2",
          "PostponeSlaveRecoveryOnLagMinutes is 1: must be absent or equal to"
              + " PostponeReplicaRecoveryOnLagMinutes"
        },
        new String[] {
          "\"SQLite3DataFile\": \"\"",
          "SQLite3DataFile is \"\": must be the path of a file when BackendDB is sqlite"
        },
        new String[] {
          "\"RaftEnabled\": true",
          "(default): RaftDataDir is \"\": must be a directory when RaftEnabled is true"
        },
        new String[] {
          "\"RaftEnabled\": true, \"RaftDataDir\": \"/r\", \"RaftBind\": \"\"",
          "RaftBind is \"\": must be an address when RaftEnabled is true"
        },
        new String[] {
          "\"InstancePollSeconds\": 301",
          "(default): DeadInstancePollSecondsMax is 300: must be at least InstancePollSeconds,"
              + " which is 301"
        });
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void aContradictionIsOneErrorThatNamesTheKey(String entries, String message) {
    assertThat(errors(parse(entries))).singleElement().asString().endsWith(message);
  }

  @Test
  void ofTwoBadKeysNoThirdErrorIsDerived() {
    assertThat(errors(parse("\"DeadInstancePollSecondsMax\": -1, \"InstancePollSeconds\": 400")))
        .hasSize(1);
  }

  @Test
  void allErrorsAreReportedAtOnce() {
    assertThat(
            errors(
                parse(
                    "\"InstancePollSeconds\": 0, \"Debug\": 1, \"FailMasterPromotionOnLagMinutes\": 1,"
                        + " \"HTTPAdvertise\": \"x\", \"DiscoverySeeds\": [\"a b\"]")))
        .hasSize(5);
  }
}
