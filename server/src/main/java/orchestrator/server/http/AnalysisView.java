package orchestrator.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.analysis.ClusterInfo;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.analysis.ReplicaSummary;
import orchestrator.core.analysis.StructureCode;
import orchestrator.core.analysis.Subject;
import orchestrator.core.facts.Downtime;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.SemiSync;
import orchestrator.server.engine.NodeInfo;

/** A diagnosis as the API shows it, keys in their order. */
final class AnalysisView {
  private final NodeInfo node;

  AnalysisView(NodeInfo node) {
    this.node = node;
  }

  /** A diagnosis of now. */
  Body of(Diagnosis diagnosis) {
    return entry(
        new Entry(
            diagnosis,
            diagnosis.code().displayName(),
            diagnosis.description(),
            false,
            Optional.empty()));
  }

  /**
   * What was recorded of a diagnosis of the past; all else is zero.
   *
   * @param since when it was first seen, if that is recorded
   */
  Body recorded(
      InstanceKey key,
      String code,
      String description,
      ClusterInfo cluster,
      List<InstanceKey> replicas,
      Optional<Instant> since) {
    Diagnosis diagnosis =
        new Diagnosis(
            AnalysisCode.NO_PROBLEM,
            List.of(),
            blankSubject(key),
            onlyKeys(replicas),
            cluster,
            Optional.empty(),
            Instant.EPOCH);
    return entry(new Entry(diagnosis, code, description, true, since));
  }

  private static Subject blankSubject(InstanceKey key) {
    return new Subject(
        key,
        Optional.empty(),
        "",
        "",
        "",
        Optional.empty(),
        false,
        false,
        false,
        false,
        false,
        0,
        false,
        false,
        false,
        SemiSync.NONE,
        "",
        false);
  }

  private static ReplicaSummary onlyKeys(List<InstanceKey> keys) {
    return new ReplicaSummary(
        keys, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, false, "", "", "");
  }

  /**
   * @param past an entry of the past is never actionable
   */
  private record Entry(
      Diagnosis diagnosis,
      String code,
      String description,
      boolean past,
      Optional<Instant> since) {}

  private Body entry(Entry entry) {
    return out -> {
      Diagnosis diagnosis = entry.diagnosis();
      out.startObject();
      subject(out, diagnosis);
      counts(out, diagnosis);
      verdict(out, entry);
      downtime(out, diagnosis);
      kinds(out, diagnosis);
      semiSync(out, diagnosis);
      loggingReplicas(out, diagnosis.replicas());
      processing(out, entry);
      gtid(out, diagnosis);
      out.endObject();
    };
  }

  private static void subject(Json out, Diagnosis diagnosis) {
    Subject subject = diagnosis.subject();
    out.field("AnalyzedInstanceKey", subject.key());
    out.field("AnalyzedInstanceMasterKey", subject.source().orElse(InstanceKey.NONE));
    out.field("ClusterDetails", ClusterView.of(diagnosis.cluster()));
    out.field("AnalyzedInstanceDataCenter", subject.dataCenter());
    out.field("AnalyzedInstanceRegion", subject.region());
    out.field("AnalyzedInstancePhysicalEnvironment", subject.physicalEnvironment());
    out.coordinates("AnalyzedInstanceBinlogCoordinates", subject.binlog(), false);
    out.field("IsMaster", subject.master());
    out.field("IsReplicationGroupMember", subject.groupMember());
    out.field("IsCoMaster", subject.coMaster());
    out.field("LastCheckValid", subject.lastCheckValid());
    out.field("LastCheckPartialSuccess", subject.lastCheckPartialSuccess());
  }

  private static void counts(Json out, Diagnosis diagnosis) {
    ReplicaSummary replicas = diagnosis.replicas();
    out.field("CountReplicas", replicas.count());
    out.field("CountValidReplicas", replicas.valid());
    out.field("CountValidReplicatingReplicas", replicas.validReplicating());
    out.field("CountReplicasFailingToConnectToMaster", replicas.failingToConnect());
    out.field("CountDowntimedReplicas", replicas.downtimed());
    out.field("ReplicationDepth", diagnosis.subject().depth());
    out.keys("Replicas", replicas.keys());
    out.keys("SlaveHosts", replicas.keys());
    out.field("IsFailingToConnectToMaster", diagnosis.subject().failingToConnect());
  }

  private static void verdict(Json out, Entry entry) {
    out.field("Analysis", entry.code());
    out.field("Description", entry.description());
    List<StructureCode> structure = entry.diagnosis().structure();
    if (structure.isEmpty()) {
      out.field("StructureAnalysis", Body.NULL);
    } else {
      out.texts("StructureAnalysis", structure.stream().map(StructureCode::displayName).toList());
    }
  }

  private static void downtime(Json out, Diagnosis diagnosis) {
    out.field("IsDowntimed", diagnosis.isDowntimed());
    out.field("IsReplicasDowntimed", diagnosis.areReplicasDowntimed());
    out.time("DowntimeEndTimestamp", diagnosis.downtime().map(Downtime::end));
    out.field("DowntimeRemainingSeconds", diagnosis.downtimeRemaining().toSeconds());
  }

  private static void kinds(Json out, Diagnosis diagnosis) {
    out.field("IsBinlogServer", diagnosis.subject().binlogServer());
    out.field("PseudoGTIDImmediateTopology", diagnosis.subject().pseudoGtid());
    out.field("OracleGTIDImmediateTopology", diagnosis.replicas().oracleGtid());
    out.field("MariaDBGTIDImmediateTopology", diagnosis.replicas().mariaDbGtid());
    out.field("BinlogServerImmediateTopology", diagnosis.replicas().binlogServers());
  }

  private static void semiSync(Json out, Diagnosis diagnosis) {
    SemiSync semiSync = diagnosis.subject().semiSync();
    out.field("SemiSyncMasterEnabled", semiSync.masterEnabled());
    out.field("SemiSyncMasterStatus", semiSync.masterStatus());
    out.field("SemiSyncMasterWaitForReplicaCount", semiSync.waitForReplicaCount());
    out.field("SemiSyncMasterClients", semiSync.masterClients());
    out.field("CountSemiSyncReplicasEnabled", diagnosis.replicas().semiSyncEnabled());
  }

  private static void loggingReplicas(Json out, ReplicaSummary replicas) {
    out.field("CountLoggingReplicas", replicas.logging());
    out.field("CountStatementBasedLoggingReplicas", replicas.statementLogging());
    out.field("CountMixedBasedLoggingReplicas", replicas.mixedLogging());
    out.field("CountRowBasedLoggingReplicas", replicas.rowLogging());
    out.field("CountDistinctMajorVersionsLoggingReplicas", replicas.majorVersionsLogging());
    out.field("CountDelayedReplicas", replicas.delayed());
    out.field("CountLaggingReplicas", replicas.lagging());
  }

  private void processing(Json out, Entry entry) {
    boolean isOfNow = !entry.past();
    out.field("IsActionableRecovery", isOfNow && entry.diagnosis().isActionable(false));
    out.field("ProcessingNodeHostname", isOfNow ? node.hostname() : "");
    out.field("ProcessingNodeToken", isOfNow ? node.token() : "");
    out.field("CountAdditionalAgreeingNodes", 0);
    out.time("StartActivePeriod", entry.since());
    out.field("SkippableDueToDowntime", isOfNow && entry.diagnosis().isSkippableDueToDowntime());
  }

  private static void gtid(Json out, Diagnosis diagnosis) {
    out.field("GTIDMode", diagnosis.subject().gtidMode());
    out.field("MinReplicaGTIDMode", diagnosis.replicas().minGtidMode());
    out.field("MaxReplicaGTIDMode", diagnosis.replicas().maxGtidMode());
    out.field("MaxReplicaGTIDErrant", diagnosis.replicas().errant());
    out.field("CommandHint", "");
    out.field("IsReadOnly", diagnosis.subject().readOnly());
  }
}
