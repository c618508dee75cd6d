package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Outcome.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ActionsTest {
  private ApiFixture api;

  @BeforeEach
  void start() throws IOException {
    api = ApiFixture.start();
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  @ParameterizedTest
  @CsvSource({
    "discover/r1.example/3306, discover r1.example:3306",
    "async-discover/new.example/3307, discover later new.example:3307",
    "refresh/r1.example/3306, refresh r1.example:3306",
    "forget/r1.example/3306, forget r1.example:3306",
    "forget-cluster/main, forget cluster m.example:3306",
    "forget-cluster/r1.example:3306, forget cluster m.example:3306",
    "set-read-only/r1.example/3306, SetReadOnly r1.example:3306",
    "reattach-demoted-master/r1.example/3306, reattach r1.example:3306",
    "recover/m.example/3306, recover m.example:3306",
    "recover/m.example/3306?skipProcesses=true, recover m.example:3306 without hooks",
    "recover-lite/m.example/3306, recover m.example:3306 without hooks",
    "recover/m.example/3306/r2.example/3306, recover m.example:3306 with r2.example:3306",
    "force-master-failover/main, fail over m.example:3306",
    "force-master-failover/r1.example/3306, fail over m.example:3306",
    "force-master-takeover/main/r2.example/3306, fail over m.example:3306 to r2.example:3306",
    "force-master-takeover/m.example/3306/r2.example/3306, "
        + "fail over m.example:3306 to r2.example:3306",
    "graceful-master-takeover/main, take over m.example:3306 false",
    "graceful-master-takeover/r1.example/3306, take over m.example:3306 false",
    "graceful-master-takeover/main/r2.example/3306, "
        + "take over m.example:3306 to r2.example:3306 false",
    "graceful-master-takeover-auto/main, take over m.example:3306 true",
    "graceful-master-takeover-auto/m.example/3306/r2.example/3306, "
        + "take over m.example:3306 to r2.example:3306 true"
  })
  void aRequestAsksForExactlyThis(String path, String expected) throws Exception {
    api.details(path);
    assertThat(api.operations.asked).containsExactly(expected + " by manager-1");
  }

  @Test
  void discoverAnswersTheServerAsRead() throws Exception {
    assertThat(InstanceViewTest.names(api.details("discover/r1.example/3306")))
        .isEqualTo(InstanceViewTest.KEYS);
  }

  @Test
  void recoverAnswersThePromotedKeyAndAFailureTheFailedOne() throws Exception {
    assertThat(api.details("recover/m.example/3306").toString())
        .isEqualTo("{\"Hostname\":\"r1\",\"Port\":3306}");
    api.operations.failure = Optional.of(Failure.CONFLICT);
    HttpResponse<String> refused = api.get("recover/m.example/3306");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).endsWith("\"Details\":{\"Hostname\":\"m.example\",\"Port\":3306}}");
  }

  @Test
  void forceMasterFailoverAnswersTheRecovery() throws Exception {
    JsonNode recovery = api.details("force-master-failover/main");
    assertThat(recovery.path("SuccessorKey").path("Hostname").asString()).isEqualTo("r1");
  }

  @ParameterizedTest
  @CsvSource({
    "graceful-master-takeover-auto/main, TakeOver[clusterName=m.example:3306",
    "graceful-master-takeover/main/r2.example/3306, TakeOver[clusterName=m.example:3306",
    "force-master-failover/main, Force[clusterName=m.example:3306",
    "force-master-takeover/main/r2.example/3306, Force[clusterName=m.example:3306",
    "recover/m.example/3306, Recover[failed=m.example:3306",
    "recover-lite/m.example/3306, Recover[failed=m.example:3306"
  })
  void aDryRunAsksForThePlanAlone(String path, String expected) throws Exception {
    JsonNode plan = api.details(path + "?dry-run=true");
    assertThat(api.operations.asked).singleElement().asString().startsWith("plan " + expected);
    assertThat(plan.path("Steps")).isNotEmpty();
  }

  @Test
  void aTakeoverThatDidNotEndWellIsAnErrorWithItsRecord() throws Exception {
    api.operations.takenOver =
        ticket ->
            ticket.with(
                new JournalEntry.Closed(true, List.of("the old master was not turned")),
                TopologyBuilder.NOW);
    HttpResponse<String> answer = api.get("graceful-master-takeover-auto/main");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("was not turned", "\"SuccessorKey\":{\"Hostname\":\"r1\"");
  }

  @Test
  void downtimeBeginsAndEnds() throws Exception {
    assertThat(api.details("begin-downtime/r1.example/3306/me/why/2h").toString())
        .isEqualTo("{\"Hostname\":\"r1.example\",\"Port\":3306}");
    assertThat(api.operations.downtime("r1.example").end())
        .isEqualTo(TopologyBuilder.NOW.plusSeconds(7200));
    assertThat(api.ok("downtimed")).hasSize(1);
    assertThat(api.ok("downtimed/other.example:3306")).isEmpty();
    api.details("end-downtime/r1.example/3306");
    api.details("end-downtime/r1.example/3306");
    assertThat(api.ok("downtimed")).isEmpty();
  }

  @Test
  void theDowntimeOfAServerThatIsGoneCanBeEnded() throws Exception {
    api.details("begin-downtime/r1.example/3306/me/why/2h");
    api.operations.topology(ApiFixture.servers().without("r1.example").build());
    api.details("end-downtime/r1.example/3306");
    assertThat(api.operations.state().downtimes()).isEmpty();
  }

  @Test
  void recoveriesAreAcknowledgedByWhateverNamesThem() throws Exception {
    for (String path :
        new String[] {
          "ack-recovery/cluster/main",
          "ack-recovery/cluster/alias/main",
          "ack-recovery/instance/m.example/3306",
          "ack-recovery/uid/7",
          "ack-recovery/1",
          "ack-all-recoveries"
        }) {
      RecoveryTicket ticket = FakeOperations.openTicket("7", TopologyBuilder.key("m.example"));
      JournalEntry end = new JournalEntry.Closed(false, List.of("nobody left"));
      try (ApiFixture fresh = ApiFixture.start()) {
        fresh
            .operations
            .with(new Command.OpenRecovery(ticket))
            .with(new Command.Journal("7", List.of(end), TopologyBuilder.NOW));
        assertThat(fresh.operations.state().recoveries()).hasSize(1);
        fresh.details(path + "?comment=seen%20it");
        assertThat(fresh.operations.state().recoveries().values())
            .as(path)
            .allSatisfy(t ->
                assertThat(t.acknowledgement())
                    .hasValueSatisfying(a -> assertThat(a.comment()).isEqualTo("seen it")));
      }
    }
  }

  @Test
  void acknowledgingAnswersWhatItWasAskedFor() throws Exception {
    assertThat(api.details("ack-recovery/17?comment=x").asString()).isEqualTo("17");
    assertThat(api.details("ack-all-recoveries?comment=x%20y").asString()).isEqualTo("x y");
    assertThat(api.details("ack-recovery/cluster/main?comment=x").asString())
        .isEqualTo("m.example:3306");
  }

  @Test
  void aPersonReleasesADemotedMasterOnceItsRecoveryIsOver() throws Exception {
    RecoveryTicket ticket = FakeOperations.openTicket("7", TopologyBuilder.key("m.example"));
    DemotedMaster demoted =
        new DemotedMaster(
            TopologyBuilder.key("m.example"),
            "7",
            TopologyBuilder.key("r1.example"),
            TopologyBuilder.NOW);
    api.operations
        .with(new Command.OpenRecovery(ticket))
        .with(new Command.WatchDemotedMaster(demoted));
    assertThat(api.ok("demoted-masters").toString())
        .isEqualTo(
            "[{\"Key\":{\"Hostname\":\"m.example\",\"Port\":3306},"
                + "\"SuccessorKey\":{\"Hostname\":\"r1.example\",\"Port\":3306},"
                + "\"RecoveryUID\":\"7\",\"DemotedAt\":\""
                + Json.timestamp(TopologyBuilder.NOW)
                + "\",\"Status\":\"not compared yet\",\"OnlyHere\":null,\"ComparedAt\":\"\"}]");
    assertThat(api.get("release-demoted-master/m.example/3306").statusCode()).isEqualTo(409);
    assertThat(api.get("release-demoted-master/r1.example/3306").statusCode()).isEqualTo(404);
    assertThat(api.operations.asked).isEmpty();

    api.operations.with(
        new Command.Journal(
            "7", List.of(new JournalEntry.Closed(true, List.of())), TopologyBuilder.NOW));
    api.details("release-demoted-master/m.example/3306");
    assertThat(api.ok("demoted-masters")).isEmpty();
  }

  @Test
  void showsWhoIsKeptReadOnlyAsAReplica() throws Exception {
    InstanceKey kept = TopologyBuilder.key("r1.example");
    api.operations.with(new Command.KeepReadOnly(new KeptReadOnly(kept, "7", TopologyBuilder.NOW)));
    assertThat(api.ok("kept-read-only").toString())
        .isEqualTo(
            "[{\"Key\":{\"Hostname\":\"r1.example\",\"Port\":3306},\"RecoveryUID\":\"7\",\"Since\":\""
                + Json.timestamp(TopologyBuilder.NOW)
                + "\"}]");
  }

  @Test
  void aReplacedMasterIsNoMasterInAnyAnswerAndItsErrantSetIsShown() throws Exception {
    InstanceKey old = TopologyBuilder.key("other.example");
    DemotedMaster demoted =
        new DemotedMaster(old, "7", TopologyBuilder.key("m.example"), TopologyBuilder.NOW);
    api.operations
        .with(new Command.OpenRecovery(FakeOperations.openTicket("7", old)))
        .with(new Command.WatchDemotedMaster(demoted));
    assertThat(api.ok("master/other.example:3306").path("Key").path("Hostname").asString())
        .as("nobody has taken its place yet")
        .isEqualTo("other.example");

    OracleGtidSet errant = OracleGtidSet.parse("00000000-0000-0000-0000-000000000001:7-9");
    api.operations
        .with(
            new Command.Journal(
                "7", List.of(new JournalEntry.Closed(true, List.of())), TopologyBuilder.NOW))
        .with(
            new Command.CompareDemotedMaster(
                old, "7", new DemotedMaster.Comparison(errant, TopologyBuilder.NOW)));
    assertThat(api.ok("master/other.example:3306").path("Key").path("Hostname").asString())
        .isEqualTo("m.example");
    assertThat(api.ok("masters"))
        .extracting(master -> master.path("Key").path("Hostname").asString())
        .containsExactly("m.example");
    JsonNode shown = api.ok("demoted-masters").get(0);
    assertThat(shown.path("Status").asString()).isEqualTo("quarantined");
    assertThat(shown.path("OnlyHere").asString()).isEqualTo(errant.toString());
  }

  @Test
  void theGlobalSwitchIsSetAndShown() throws Exception {
    assertThat(api.details("check-global-recoveries").asString()).isEqualTo("enabled");
    assertThat(api.details("disable-global-recoveries").asString()).isEqualTo("disabled");
    assertThat(api.details("check-global-recoveries").asString()).isEqualTo("disabled");
    assertThat(api.details("enable-global-recoveries").asString()).isEqualTo("enabled");
  }

  @Test
  void aServerThatWasNeverReadIsNotCalledAMaster() throws Exception {
    TopologyBuilder servers = ApiFixture.servers().with("new.example", InstanceBuilder::neverSeen);
    try (ApiFixture fixture = ApiFixture.of(servers)) {
      assertThat(fixture.ok("masters"))
          .extracting(master -> master.path("Key").path("Hostname").asString())
          .containsExactly("m.example", "other.example");
    }
  }

  @Test
  void poolsHoldTheServersThatWereSubmitted() throws Exception {
    assertThat(api.details("submit-pool-instances/app?instances=r1,r2.example:3306").asString())
        .isEqualTo("app");
    api.details("submit-pool-instances/report?instances=r2.example");
    JsonNode all = api.details("cluster-pool-instances/m.example:3306");
    assertThat(all.path("app")).hasSize(2);
    assertThat(all.path("report").get(0).path("Hostname").asString()).isEqualTo("r2.example");
    assertThat(api.details("cluster-pool-instances/m.example:3306/report").path("app")).isEmpty();
    assertThat(api.details("cluster-pool-instances/main")).as("by its name only").isEmpty();
    assertThat(api.details("heuristic-cluster-pool-instances/main")).hasSize(2);
    assertThat(api.details("heuristic-cluster-pool-instances/main/report")).hasSize(1);
    assertThat(api.details("heuristic-cluster-pool-lag/main/app").asInt()).isZero();
    api.details("submit-pool-instances/app");
    assertThat(api.details("cluster-pool-instances/m.example:3306").path("app")).isEmpty();
    assertThat(api.get("heuristic-cluster-pool-lag/main/app").statusCode()).isEqualTo(404);
    assertThat(api.get("submit-pool-instances/app?instances=db1:port").statusCode()).isEqualTo(400);
  }

  @Test
  void tagsAreSetSearchedAndRemoved() throws Exception {
    api.details("tag/r1.example/3306?tag=role%3Dbackup");
    api.details("tag/r2.example/3306/role/report");
    api.details("tag/r2.example/3306?tag=ssd");
    assertThat(api.ok("tags/r2.example/3306").toString()).isEqualTo("[\"role=report\",\"ssd=\"]");
    assertThat(api.ok("tag-value/r1.example/3306?tag=role").asString()).isEqualTo("backup");
    assertThat(api.ok("tagged?tag=role")).hasSize(2);
    assertThat(api.ok("tagged?tag=role=report,ssd")).hasSize(1);
    assertThat(api.ok("tagged?tag=~role=report").get(0).path("Hostname").asString())
        .isEqualTo("r1.example");
    assertThat(api.ok("tagged?tag=~ssd")).hasSize(1);
    assertThat(api.details("untag/r1.example/3306?tag=role=other")).isEmpty();
    assertThat(api.details("untag-all/role/report")).hasSize(1);
    assertThat(api.details("untag/r1.example/3306/role")).hasSize(1);
    assertThat(api.ok("tagged?tag=role")).isEmpty();
  }

  @Test
  void anAliasSetByPeopleNamesTheCluster() throws Exception {
    api.details("set-cluster-alias/m.example:3306?alias=prod");
    assertThat(api.ok("cluster-info/prod").path("ClusterName").asString())
        .isEqualTo("m.example:3306");
  }
}
