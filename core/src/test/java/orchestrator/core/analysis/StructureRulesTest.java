package orchestrator.core.analysis;

import static orchestrator.core.analysis.StructureCode.*;
import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import org.junit.jupiter.api.Test;

class StructureRulesTest {
  private static final String OWN = "00000000-0000-0000-0000-0000000000aa:1-5";
  private static final String FOREIGN = "00000000-0000-0000-0000-0000000000ff:1-3";

  /** A master with two replicas, all with GTIDs: nothing to warn of. */
  private static TopologyBuilder sound() {
    return TopologyBuilder.masterWithReplicas(2).withAll(server -> server.oracleGtid(OWN));
  }

  private static List<StructureCode> codes(TopologyBuilder servers, String subject, States said) {
    return Analysis.diagnose(
            key(subject),
            servers.build(),
            said.build(),
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            NOW)
        .orElseThrow()
        .structure();
  }

  private static List<StructureCode> afterChange(Consumer<TopologyBuilder> change) {
    TopologyBuilder servers = sound();
    change.accept(servers);
    return codes(servers, "m", new States());
  }

  @Test
  void aSoundTopologyHasNone() {
    assertThat(afterChange(s -> {})).isEmpty();
  }

  @Test
  void replicasThatDoNotLogCannotBePromoted() {
    assertThat(afterChange(s -> s.withReplicasOf("m", InstanceBuilder::withoutLogReplicaUpdates)))
        .containsExactly(NO_LOGGING_REPLICAS);
    assertThat(
            afterChange(s -> s.without("r2").withReplicasOf("m", InstanceBuilder::withoutBinlog)))
        .as("a single replica is not warned of")
        .isEmpty();
  }

  @Test
  void withoutAnyKindOfGtidThereIsNoFailover() {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(2);
    assertThat(codes(servers, "m", new States())).containsExactly(NO_FAILOVER_SUPPORT);

    servers.with("m", InstanceBuilder::pseudoGtid);
    assertThat(codes(servers, "m", new States())).isEmpty();
  }

  @Test
  void deadReplicasDoNotSpoilFailoverSupportAndDoNotMakeIt() {
    TopologyBuilder oneWithout =
        TopologyBuilder.masterWithReplicas(2).with("r1", r -> r.oracleGtid(OWN).gtidMode(""));
    assertThat(codes(oneWithout, "m", new States())).containsExactly(NO_FAILOVER_SUPPORT);

    oneWithout.with("r2", InstanceBuilder::unreachable);
    assertThat(codes(oneWithout, "m", new States())).isEmpty();

    oneWithout.with("r1", InstanceBuilder::unreachable);
    assertThat(codes(oneWithout, "m", new States())).containsExactly(NO_FAILOVER_SUPPORT);
  }

  @Test
  void binlogServersAndMariaDbGtidsAreFailoverSupport() {
    TopologyBuilder binlogServers =
        TopologyBuilder.masterWithReplicas(2).withReplicasOf("m", InstanceBuilder::binlogServer);
    TopologyBuilder mariaDb =
        TopologyBuilder.masterWithReplicas(2).withAll(s -> s.mariaDb("11.4.5-MariaDB"));
    mariaDb.withAll(s -> s.mariaDbGtid("0-1-5"));

    assertThat(codes(binlogServers, "m", new States())).isEmpty();
    assertThat(codes(mariaDb, "m", new States())).isEmpty();
  }

  @Test
  void mixedBinlogFormatsAreNamedPairByPair() {
    assertThat(
            afterChange(s ->
                s.with("r1", r -> r.binlogFormat(BinlogFormat.STATEMENT))
                    .with("r2", r -> r.binlogFormat(BinlogFormat.MIXED))
                    .with("r3", r -> r.replicatesFrom("m").oracleGtid(OWN))))
        .containsExactly(
            STATEMENT_AND_MIXED_LOGGING_REPLICAS,
            STATEMENT_AND_ROW_LOGGING_REPLICAS,
            MIXED_AND_ROW_LOGGING_REPLICAS);
  }

  @Test
  void onlyLoggingReplicasCountForVersions() {
    assertThat(afterChange(s -> s.with("r1", r -> r.version("8.4.0"))))
        .containsExactly(MULTIPLE_MAJOR_VERSIONS_LOGGING_REPLICAS);
    assertThat(afterChange(s -> s.with("r1", r -> r.version("8.4.0").withoutBinlog()))).isEmpty();
    assertThat(afterChange(s -> s.with("r1", r -> r.version("8.0.11")))).isEmpty();
  }

  @Test
  void differentGtidModesAreWarnedOfBelowAnyServer() {
    TopologyBuilder servers =
        sound().with("x", x -> x.replicatesFrom("r1").oracleGtid(OWN).gtidMode("ON_PERMISSIVE"));

    assertThat(codes(servers, "r1", new States())).containsExactly(DIFFERENT_GTID_MODES);
    assertThat(codes(servers, "m", new States())).isEmpty();
  }

  @Test
  void errantTransactionsAreSaidOfTheSourceUnlessTheReplicaIsInDowntime() {
    TopologyBuilder servers = sound().with("r2", r -> r.oracleGtid(OWN + "," + FOREIGN));

    assertThat(codes(servers, "m", new States())).containsExactly(ERRANT_GTID);
    assertThat(codes(servers, "m", new States().downtime("r2"))).isEmpty();
    assertThat(
            Analysis.diagnose(
                    key("m"),
                    servers.build(),
                    new States().build(),
                    StaleCoordinates.NONE,
                    AnalysisPolicy.DEFAULT,
                    NOW)
                .orElseThrow()
                .replicas()
                .errant())
        .isEqualTo(FOREIGN);
  }

  @Test
  void aReadOnlyMasterIsWarnedOf() {
    assertThat(afterChange(s -> s.with("m", InstanceBuilder::readOnly)))
        .containsExactly(NO_WRITEABLE_MASTER);
  }

  @Test
  void semiSyncThatWasGivenUpIsWarnedOf() {
    assertThat(afterChange(s -> s.with("m", m -> m.semiSyncMaster(false, 1, 0))))
        .containsExactly(NOT_ENOUGH_VALID_SEMI_SYNC_REPLICAS);
    assertThat(afterChange(s -> s.with("m", m -> m.semiSyncMaster(true, 1, 0))))
        .as("in force: the master is locked instead")
        .isEmpty();
  }
}
