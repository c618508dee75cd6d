package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.History.AnalysisChange;
import orchestrator.server.engine.History.AuditEntry;
import orchestrator.server.engine.History.BlockedRecovery;
import orchestrator.server.engine.History.DetectionEntry;
import orchestrator.server.engine.History.RecoveryStep;
import orchestrator.server.engine.History.Selection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ViewsTest {
  private static final Instant NOW = TopologyBuilder.NOW;
  private static final InstanceKey MASTER = TopologyBuilder.key("m.example");
  private static final List<String> ANALYSIS_KEYS =
      words(
          """
          AnalyzedInstanceKey AnalyzedInstanceMasterKey ClusterDetails
          AnalyzedInstanceDataCenter AnalyzedInstanceRegion
          AnalyzedInstancePhysicalEnvironment AnalyzedInstanceBinlogCoordinates IsMaster
          IsReplicationGroupMember IsCoMaster LastCheckValid LastCheckPartialSuccess
          CountReplicas CountValidReplicas CountValidReplicatingReplicas
          CountReplicasFailingToConnectToMaster CountDowntimedReplicas ReplicationDepth
          Replicas SlaveHosts IsFailingToConnectToMaster Analysis Description
          StructureAnalysis IsDowntimed IsReplicasDowntimed DowntimeEndTimestamp
          DowntimeRemainingSeconds IsBinlogServer PseudoGTIDImmediateTopology
          OracleGTIDImmediateTopology MariaDBGTIDImmediateTopology
          BinlogServerImmediateTopology SemiSyncMasterEnabled SemiSyncMasterStatus
          SemiSyncMasterWaitForReplicaCount SemiSyncMasterClients
          CountSemiSyncReplicasEnabled CountLoggingReplicas
          CountStatementBasedLoggingReplicas CountMixedBasedLoggingReplicas
          CountRowBasedLoggingReplicas CountDistinctMajorVersionsLoggingReplicas
          CountDelayedReplicas CountLaggingReplicas IsActionableRecovery
          ProcessingNodeHostname ProcessingNodeToken CountAdditionalAgreeingNodes
          StartActivePeriod SkippableDueToDowntime GTIDMode MinReplicaGTIDMode
          MaxReplicaGTIDMode MaxReplicaGTIDErrant CommandHint IsReadOnly
          """);
  private static final List<String> RECOVERY_KEYS =
      words(
          """
          Id UID AnalysisEntry SuccessorKey SuccessorAlias SuccessorBinlogCoordinates IsActive
          IsSuccessful LostReplicas ParticipatingInstanceKeys AllErrors
          RecoveryStartTimestamp RecoveryEndTimestamp ProcessingNodeHostname
          ProcessingNodeToken Acknowledged AcknowledgedAt AcknowledgedBy
          AcknowledgedComment LastDetectionId RelatedRecoveryId Type RecoveryType
          """);

  private ApiFixture api;

  private static List<String> words(String text) {
    return List.of(text.trim().split("\\s+"));
  }

  @BeforeEach
  void start() throws IOException {
    api = ApiFixture.of(ApiFixture.servers().with("m.example", InstanceBuilder::unreachable));
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  @Test
  void aDiagnosisHasItsKeysInOrder() throws Exception {
    JsonNode analysis = api.details("replication-analysis");
    assertThat(analysis).hasSize(1);
    assertThat(InstanceViewTest.names(analysis.get(0))).isEqualTo(ANALYSIS_KEYS);
  }

  @Test
  void aDiagnosisTellsServerClusterVerdictAndCounts() throws Exception {
    JsonNode entry = api.details("replication-analysis/main").get(0);
    assertThat(entry.path("AnalyzedInstanceKey").path("Hostname").asString())
        .isEqualTo("m.example");
    assertThat(entry.path("Analysis").asString()).isEqualTo("UnreachableMaster");
    assertThat(entry.path("ClusterDetails").path("ClusterAlias").asString()).isEqualTo("main");
    assertThat(entry.path("CountReplicas").asInt()).isEqualTo(2);
    assertThat(entry.path("StructureAnalysis").toString())
        .isEqualTo("[\"NoFailoverSupportStructureWarning\"]");
    assertThat(entry.path("ProcessingNodeHostname").asString()).isEqualTo("manager-1");
  }

  @Test
  void analysisCanBeAskedForOneClusterOrServer() throws Exception {
    assertThat(api.details("replication-analysis/m.example:3306")).hasSize(1);
    assertThat(api.details("replication-analysis/other.example:3306")).isEmpty();
    assertThat(api.details("replication-analysis/nothing")).isEmpty();
    assertThat(api.details("replication-analysis/instance/m.example/3306")).hasSize(1);
    assertThat(api.details("replication-analysis/instance/r1.example/3306")).isEmpty();
  }

  @Test
  void aRecoveryHasItsKeysInOrderAndThenTheLoss() throws Exception {
    api.operations.history.recoveries.add(
        FakeOperations.ticket("7", MASTER, Optional.of(TopologyBuilder.key("r1.example")))
            .acknowledged(new Acknowledgement("me", "seen", NOW)));
    JsonNode recovery = api.ok("audit-recovery").get(0);
    List<String> names = InstanceViewTest.names(recovery);
    assertThat(names.subList(0, RECOVERY_KEYS.size())).isEqualTo(RECOVERY_KEYS);
    assertThat(names.subList(RECOVERY_KEYS.size(), names.size())).containsExactly("Loss");
    assertThat(InstanceViewTest.names(recovery.path("AnalysisEntry"))).isEqualTo(ANALYSIS_KEYS);
    assertThat(recovery.path("SuccessorKey").path("Hostname").asString()).isEqualTo("r1.example");
    assertThat(recovery.path("RecoveryStartTimestamp").asString())
        .isEqualTo("2026-01-15T11:59:00Z");
    assertThat(recovery.path("AcknowledgedBy").asString()).isEqualTo("me");
    assertThat(recovery.path("IsActive").asBoolean()).isFalse();
    assertThat(recovery.path("Type").asString()).isEqualTo("MasterRecovery");
    assertThat(recovery.path("RecoveryType").asString()).isEqualTo("MasterRecoveryGTID");
  }

  /** Of a cluster those that run, and those that ended within five minutes; also by successor. */
  @Test
  void recoveriesThatRunAndThoseOfTheLastMinutesAreFound() throws Exception {
    String cluster = MASTER.displayString();
    api.operations.with(new Command.OpenRecovery(FakeOperations.openTicket("7", MASTER)));
    assertThat(api.ok("active-cluster-recovery/" + cluster)).hasSize(1);
    assertThat(api.ok("active-cluster-recovery/other.example:3306")).isEmpty();
    assertThat(api.ok("recently-active-cluster-recovery/" + cluster)).isEmpty();

    ended(NOW.minus(Duration.ofMinutes(4)));
    assertThat(api.ok("active-cluster-recovery/" + cluster)).isEmpty();
    assertThat(api.ok("recently-active-cluster-recovery/" + cluster)).hasSize(1);
    assertThat(api.ok("recently-active-cluster-recovery/other.example:3306")).isEmpty();
    assertThat(api.ok("recently-active-instance-recovery/r1.example/3306")).hasSize(1);
    assertThat(api.ok("recently-active-instance-recovery/m.example/3306")).isEmpty();
  }

  @Test
  void oneThatEndedLongerAgoIsNotFoundAmongThem() throws Exception {
    api.operations.with(new Command.OpenRecovery(FakeOperations.openTicket("7", MASTER)));
    ended(NOW.minus(Duration.ofMinutes(6)));
    assertThat(api.ok("recently-active-cluster-recovery/" + MASTER.displayString())).isEmpty();
    assertThat(api.ok("recently-active-instance-recovery/r1.example/3306")).isEmpty();
  }

  private void ended(Instant at) {
    api.operations.with(
        new Command.Journal(
            "7",
            List.of(
                new JournalEntry.PromotionIntended(TopologyBuilder.key("r1.example")),
                new JournalEntry.Promoted(TopologyBuilder.key("r1.example"), "", Optional.empty()),
                new JournalEntry.Closed(true, List.of())),
            at,
            0));
  }

  @Test
  void aDetectionHasTheShapeOfARecovery() throws Exception {
    Detection detection =
        new Detection(
            3,
            "uid",
            MASTER,
            "DeadMaster",
            "it is gone",
            "m.example:3306",
            "main",
            List.of(TopologyBuilder.key("r1.example")),
            true,
            NOW,
            Optional.empty(),
            "manager-1");
    api.operations.history.detections.add(new DetectionEntry(detection, 7));
    JsonNode entry = api.ok("audit-failure-detection").get(0);
    assertThat(InstanceViewTest.names(entry)).isEqualTo(RECOVERY_KEYS);
    assertThat(entry.path("SuccessorKey").isNull()).isTrue();
    assertThat(entry.path("RelatedRecoveryId").asInt()).isEqualTo(7);
    assertThat(entry.path("AnalysisEntry").path("Analysis").asString()).isEqualTo("DeadMaster");
    assertThat(entry.path("AnalysisEntry").path("StartActivePeriod").asString())
        .isEqualTo("2026-01-15T12:00:00Z");
  }

  @Test
  void theSmallerObjectsHaveTheirExactShapes() throws Exception {
    api.operations.history.steps.add(new RecoveryStep(1, "u", NOW, "promoted <r1>"));
    api.operations.history.blocked.add(
        new BlockedRecovery(MASTER, "c", "DeadMaster", NOW, 7, "held <back>"));
    api.operations.history.audit.add(new AuditEntry(5, NOW, "forget", Optional.empty(), "gone"));
    api.operations.history.changes.add(new AnalysisChange(MASTER, NOW, "DeadMaster"));
    api.operations.history.changes.add(new AnalysisChange(MASTER, NOW, "NoProblem"));
    assertThat(api.get("audit-recovery-steps/u").body())
        .isEqualTo(
            "[{\"Id\":1,\"RecoveryUID\":\"u\",\"AuditAt\":\"2026-01-15T12:00:00Z\","
                + "\"Message\":\"promoted \\u003cr1\\u003e\"}]");
    assertThat(api.get("blocked-recoveries").body())
        .isEqualTo(
            "[{\"FailedInstanceKey\":{\"Hostname\":\"m.example\",\"Port\":3306},"
                + "\"ClusterName\":\"c\",\"Analysis\":\"DeadMaster\","
                + "\"LastBlockedTimestamp\":\"2026-01-15T12:00:00Z\",\"BlockingRecoveryId\":7,"
                + "\"Reason\":\"held \\u003cback\\u003e\"}]");
    assertThat(api.get("audit").body())
        .isEqualTo(
            "[{\"AuditId\":5,\"AuditTimestamp\":\"2026-01-15T12:00:00Z\","
                + "\"AuditType\":\"forget\",\"AuditInstanceKey\":{\"Hostname\":\"\",\"Port\":0},"
                + "\"Message\":\"gone\"}]");
    assertThat(api.get("replication-analysis-changelog").body())
        .isEqualTo(
            "[{\"AnalyzedInstanceKey\":{\"Hostname\":\"m.example\",\"Port\":3306},"
                + "\"Changelog\":[\"2026-01-15T12:00:00Z;DeadMaster,\","
                + "\"2026-01-15T12:00:00Z;NoProblem,\"]}]");
  }

  @Test
  void aClusterIsShownWithItsAlias() throws Exception {
    assertThat(api.get("cluster-info/main").body())
        .isEqualTo(
            "{\"ClusterName\":\"m.example:3306\",\"ClusterAlias\":\"main\",\"ClusterDomain\":\"\","
                + "\"CountInstances\":3,\"HeuristicLag\":0,\"HasAutomatedMasterRecovery\":false,"
                + "\"HasAutomatedIntermediateMasterRecovery\":false}");
  }

  @Test
  void maintenanceAndPromotionRulesHaveTheirExactShapes() throws Exception {
    api.details("begin-maintenance/r1.example/3306/me/work");
    api.details("register-candidate/r1.example/3306/prefer");
    assertThat(api.get("maintenance").body())
        .isEqualTo(
            "[{\"MaintenanceId\":1768478400000000,"
                + "\"Key\":{\"Hostname\":\"r1.example\",\"Port\":3306},"
                + "\"BeginTimestamp\":\"2026-01-15T12:00:00Z\",\"SecondsElapsed\":0,"
                + "\"IsActive\":true,\"Owner\":\"me\",\"Reason\":\"work\"}]");
    assertThat(api.get("bulk-promotion-rules").body())
        .isEqualTo(
            "[{\"Hostname\":\"r1.example\",\"Port\":3306,\"PromotionRule\":\"prefer\","
                + "\"LastSuggestedString\":\"2026-01-15T12:00:00Z\","
                + "\"PromotionRuleExpiry\":\"2026-01-15T13:00:00Z\"}]");
    assertThat(api.ok("in-maintenance/r1.example/3306").path("Message").asString())
        .isEqualTo("true");
    api.details("end-maintenance/1768478400000000");
    assertThat(api.ok("maintenance")).isEmpty();
  }

  @Test
  void aNameForReplicasIsShownUntilItIsTakenBack() throws Exception {
    api.details("register-hostname-unresolve/r1.example/3306/vip.example");
    assertThat(api.get("hostname-unresolves").body())
        .isEqualTo(
            "[{\"Hostname\":\"r1.example\",\"UnresolvedHostname\":\"vip.example\","
                + "\"ExpiresAt\":\"2026-01-15T13:00:00Z\"}]");
    assertThat(api.ok("instance/r1.example/3306").path("UnresolvedHostname").asString())
        .isEqualTo("vip.example");
    api.details("deregister-hostname-unresolve/r1.example/3306");
    assertThat(api.ok("hostname-unresolves")).isEmpty();
  }

  @Test
  void pagesAndConditionsReachTheHistory() throws Exception {
    api.ok("audit-recovery/2?unacknowledged=true");
    api.ok("audit-recovery/id/17");
    api.ok("audit-recovery/uid/1:abc");
    api.ok("audit-recovery/cluster/gone.example:3306/1");
    api.ok("audit-failure-detection/alias/main");
    api.ok("audit-failure-detection/xyz");
    api.ok("audit/instance/r1.example/3306/4");
    assertThat(api.operations.history.selections)
        .containsExactly(
            Selection.ALL.withPage(2).withUnacknowledgedOnly(true),
            Selection.ALL.withId(17),
            Selection.ALL.withUid("1:abc"),
            Selection.ALL.withClusterName("gone.example:3306").withPage(1),
            Selection.ALL.withClusterAlias("main"),
            Selection.ALL,
            "r1.example:3306 page 4");
  }

  @Test
  void healthTellsThisNodeAndItsError() throws Exception {
    JsonNode healthy = api.details("status");
    assertThat(InstanceViewTest.names(healthy))
        .isEqualTo(
            words(
                """
                Healthy Hostname Token IsActiveNode ActiveNode Error AvailableNodes RaftLeader
                IsRaftLeader RaftLeaderURI RaftAdvertise RaftHealthyMembers RecoveryBrakes
                """));
    assertThat(healthy.path("Error").isNull()).isTrue();
    api.operations.illness = Optional.of("disk full");
    assertThat(api.get("health").statusCode()).isEqualTo(500);
    assertThat(api.get("health").body()).contains("\"Healthy\":false").contains("disk full");
  }

  @Test
  void leaderCheckAnswersWithTheStatusThatTheCallerWants() throws Exception {
    assertThat(api.get("leader-check").body()).isEqualTo("\"OK\"");
    api.operations.leading = false;
    assertThat(api.get("leader-check").statusCode()).isEqualTo(404);
    assertThat(api.get("leader-check/503").statusCode()).isEqualTo(503);
    assertThat(api.get("leader-check/99999").statusCode()).isEqualTo(404);
    assertThat(api.get("leader-check/503").body()).isEqualTo("\"Not leader\"");
  }

  @Test
  void anExplanationIsToldAsAnObjectAndAsText() throws Exception {
    api.operations.with(new Command.OpenRecovery(FakeOperations.openTicket("7", MASTER)));
    JsonNode explanation = api.details("explain/m.example/3306");
    assertThat(explanation.path("Verdict").asString()).contains("is being recovered from");
    assertThat(explanation.path("Gates").get(0).path("Name").asString()).isEqualTo("leader");
    assertThat(explanation.path("Gates").get(0).path("Open").asBoolean()).isFalse();
    assertThat(explanation.path("Recovery").path("UID").asString()).isEqualTo("7");
    assertThat(explanation.path("Detection").isNull()).isTrue();
    assertThat(api.get("explain/m.example/3306/text").body().lines())
        .containsExactlyElementsOf(
            explanation.path("Lines").valueStream().map(JsonNode::asString).toList());
    assertThat(api.get("explain/nobody.example/3306").statusCode()).isEqualTo(404);
    assertThat(api.get("explain/nobody.example/3306/text").statusCode()).isEqualTo(404);
  }

  @Test
  void aPlanTellsGatesCandidatesAndEveryStepWithItsStatements() throws Exception {
    JsonNode plan = api.details("recovery-plan/m.example/3306");
    assertThat(plan.path("SuccessorKey").path("Hostname").asString()).isEqualTo("r1.example");
    assertThat(plan.path("Gates").get(0).path("Overridden").asBoolean()).isTrue();
    assertThat(plan.path("Candidates").get(0).path("Reasons").toString()).isEqualTo("[\"prefer\"]");
    assertThat(plan.path("Steps").get(0).path("Statements").toString())
        .isEqualTo("[\"STOP REPLICA\"]");
    assertThat(plan.path("Steps").get(1).path("Hook").asString()).isEqualTo("PreFailoverProcesses");
    assertThat(plan.path("Steps").get(2).path("Type").asString()).isEqualTo("agree");
    assertThat(plan.path("KeyValues").get(0).path("Value").asString()).isEqualTo("r1.example:3306");
  }
}
