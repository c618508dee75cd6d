package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class InstanceViewTest {
  static final List<String> KEYS =
      List.of(
          """
          Key InstanceAlias Uptime ServerID ServerUUID Version VersionComment FlavorName
          ReadOnly Binlog_format BinlogRowImage LogBinEnabled LogSlaveUpdatesEnabled
          LogReplicationUpdatesEnabled SelfBinlogCoordinates MasterKey MasterUUID
          AncestryUUID IsDetachedMaster Slave_SQL_Running ReplicationSQLThreadRuning
          Slave_IO_Running ReplicationIOThreadRuning ReplicationSQLThreadState
          ReplicationIOThreadState HasReplicationFilters GTIDMode SupportsOracleGTID
          UsingOracleGTID UsingMariaDBGTID UsingPseudoGTID ReadBinlogCoordinates
          ExecBinlogCoordinates IsDetached RelaylogCoordinates LastSQLError LastIOError
          SecondsBehindMaster SQLDelay ExecutedGtidSet GtidPurged GtidErrant
          SlaveLagSeconds ReplicationLagSeconds SlaveHosts Replicas ClusterName
          SuggestedClusterAlias DataCenter Region PhysicalEnvironment ReplicationDepth
          IsCoMaster HasReplicationCredentials ReplicationCredentialsAvailable
          SemiSyncAvailable SemiSyncPriority SemiSyncMasterPluginNewVersion
          SemiSyncReplicaPluginNewVersion SemiSyncMasterEnabled SemiSyncReplicaEnabled
          SemiSyncMasterTimeout SemiSyncMasterWaitForReplicaCount SemiSyncMasterStatus
          SemiSyncMasterClients SemiSyncReplicaStatus LastSeenTimestamp IsLastCheckValid
          IsUpToDate IsRecentlyChecked SecondsSinceLastSeen CountMySQLSnapshots
          IsCandidate PromotionRule IsDowntimed DowntimeReason DowntimeOwner
          DowntimeEndTimestamp ElapsedDowntime UnresolvedHostname AllowTLS
          ReplicationSSLCAFile ReplicationSSLCAPath ReplicationSSLCert
          ReplicationSSLCipher ReplicationSSLCRLFile ReplicationSSLCRLPath
          ReplicationSSLKey ReplicationSSLVerifyServerCert ReplicationTLSVersion
          ReplicationTLSCiphersuites ReplicationSourcePublicKeyPath
          ReplicationGetSourcePublicKey Problems LastDiscoveryLatency ReplicationGroupName
          ReplicationGroupIsSinglePrimary ReplicationGroupMemberState
          ReplicationGroupMemberRole ReplicationGroupMembers
          ReplicationGroupPrimaryInstanceKey QSP
          """
              .trim()
              .split("\\s+"));

  @Test
  void keysComeInTheOrderThatClientsKnow() throws Exception {
    try (ApiFixture api = ApiFixture.start()) {
      assertThat(names(api.ok("instance/r1.example/3306"))).isEqualTo(KEYS);
    }
  }

  static List<String> names(JsonNode object) {
    return new ArrayList<>(object.propertyNames());
  }

  @Test
  void aReplicaShowsItsSourceThreadsLagAndPlace() throws Exception {
    try (ApiFixture api =
        ApiFixture.of(
            ApiFixture.servers().with("r1.example", r -> r.lagSeconds(17).sqlThreadStopped()))) {
      JsonNode replica = api.ok("instance/r1.example/3306");
      assertThat(replica.path("MasterKey").toString())
          .isEqualTo("{\"Hostname\":\"m.example\",\"Port\":3306}");
      assertThat(replica.path("ReplicationSQLThreadState").asInt()).isZero();
      assertThat(replica.path("ReplicationIOThreadState").asInt()).isEqualTo(1);
      assertThat(replica.path("ReplicationLagSeconds").toString())
          .isEqualTo("{\"Int64\":17,\"Valid\":true}");
      assertThat(replica.path("ClusterName").asString()).isEqualTo("m.example:3306");
      assertThat(replica.path("ReplicationDepth").asInt()).isEqualTo(1);
      assertThat(replica.path("Problems").toString()).isEqualTo("[\"not_replicating\"]");
    }
  }

  @Test
  void eachMemberShowsTheAliasOfItsClusterIfThereIsOne() throws Exception {
    try (ApiFixture api = ApiFixture.start()) {
      for (JsonNode server : api.ok("all-instances")) {
        boolean isOfMain = server.path("ClusterName").asString().equals("m.example:3306");
        assertThat(server.path("SuggestedClusterAlias").asString())
            .as(server.path("Key").toString())
            .isEqualTo(isOfMain ? "main" : "");
      }
    }
  }

  @Test
  void aMasterShowsItsReplicasAndNoSource() throws Exception {
    try (ApiFixture api = ApiFixture.start()) {
      JsonNode master = api.ok("instance/m.example/3306");
      assertThat(master.path("MasterKey").toString()).isEqualTo("{\"Hostname\":\"\",\"Port\":0}");
      assertThat(master.path("ReplicationIOThreadState").asInt()).isEqualTo(-1);
      assertThat(master.path("SecondsBehindMaster").toString())
          .isEqualTo("{\"Int64\":0,\"Valid\":false}");
      assertThat(master.path("Replicas").toString())
          .isEqualTo(
              "[{\"Hostname\":\"r1.example\",\"Port\":3306},"
                  + "{\"Hostname\":\"r2.example\",\"Port\":3306}]");
      assertThat(master.path("SlaveHosts")).isEqualTo(master.path("Replicas"));
      assertThat(master.path("PromotionRule").asString()).isEqualTo("neutral");
      assertThat(master.path("QSP").toString()).isEqualTo("{}");
    }
  }

  @Test
  void aServerNeverSeenShowsEmptyValuesAndItsProblem() throws Exception {
    try (ApiFixture api =
        ApiFixture.of(
            ApiFixture.servers().with("new.example", n -> n.neverSeen().withoutBinlog()))) {
      JsonNode unseen = api.ok("instance/new.example/3306");
      assertThat(unseen.path("LastSeenTimestamp").asString()).isEmpty();
      assertThat(unseen.path("SecondsSinceLastSeen").path("Valid").asBoolean()).isFalse();
      assertThat(unseen.path("IsLastCheckValid").asBoolean()).isFalse();
      assertThat(unseen.path("SelfBinlogCoordinates").toString())
          .isEqualTo("{\"LogFile\":\"\",\"LogPos\":0,\"Type\":0}");
      assertThat(unseen.path("RelaylogCoordinates").path("Type").asInt()).isEqualTo(1);
      assertThat(unseen.path("Problems").toString()).isEqualTo("[\"last_check_invalid\"]");
    }
  }

  @Test
  void whatPeopleSaidOfAServerIsShownWithIt() throws Exception {
    try (ApiFixture api = ApiFixture.start()) {
      Downtime downtime =
          new Downtime(
              TopologyBuilder.key("r1.example"),
              "me",
              "a < b",
              TopologyBuilder.NOW.minusSeconds(2),
              TopologyBuilder.NOW.plusSeconds(60));
      api.operations.with(new Command.BeginDowntime(downtime));
      api.details("register-candidate/r1.example/3306/prefer");
      JsonNode replica = api.ok("instance/r1.example/3306");
      assertThat(replica.path("IsDowntimed").asBoolean()).isTrue();
      assertThat(replica.path("DowntimeReason").asString()).isEqualTo("a < b");
      assertThat(replica.path("DowntimeEndTimestamp").asString()).isEqualTo("2026-01-15T12:01:00Z");
      assertThat(replica.path("ElapsedDowntime").asLong()).isEqualTo(2_000_000_000L);
      assertThat(replica.path("IsCandidate").asBoolean()).isTrue();
      assertThat(replica.path("PromotionRule").asString()).isEqualTo("prefer");
      assertThat(api.get("instance/r1.example/3306").body()).contains("a \\u003c b");
    }
  }
}
