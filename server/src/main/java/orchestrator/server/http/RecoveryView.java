package orchestrator.server.http;

import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.ClusterInfo;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.History.DetectionEntry;

/** Recoveries, and detections in the same shape. */
final class RecoveryView {
  private static final Kind[] SETTLED = {Kind.PROMOTED, Kind.MOVED, Kind.LOST, Kind.UNREACHABLE};

  private final Picture picture;
  private final AnalysisView analyses;

  RecoveryView(Picture picture) {
    this.picture = picture;
    this.analyses = new AnalysisView(picture.world().node());
  }

  Body of(RecoveryTicket ticket) {
    return out -> {
      out.startObject();
      out.field("Id", ticket.id());
      out.field("UID", ticket.uid());
      out.field("AnalysisEntry", analysisOf(ticket));
      out.field("SuccessorKey", ticket.promoted().orElse(InstanceKey.NONE));
      out.field("SuccessorAlias", ticket.promotedAlias());
      if (ticket.promotedCoordinates().isPresent()) {
        out.coordinates("SuccessorBinlogCoordinates", ticket.promotedCoordinates(), false);
      } else {
        out.field("SuccessorBinlogCoordinates", Body.NULL);
      }
      out.field("IsActive", ticket.isOpen() || ticket.isBlocking(picture.now()));
      out.field("IsSuccessful", ticket.successful());
      out.keys("LostReplicas", ticket.replicasWith(Kind.LOST));
      out.keys("ParticipatingInstanceKeys", ticket.replicasWith(SETTLED));
      out.texts("AllErrors", ticket.errors());
      out.field("RecoveryStartTimestamp", ticket.started());
      out.time("RecoveryEndTimestamp", ticket.ended());
      out.field("ProcessingNodeHostname", ticket.processingNode());
      out.field("ProcessingNodeToken", "");
      acknowledgement(out, ticket.acknowledgement());
      out.field("LastDetectionId", ticket.detectionId());
      out.field("RelatedRecoveryId", 0);
      out.field("Type", typeOf(ticket.analysis()));
      out.field("RecoveryType", methodOf(ticket));
      out.field("Loss", loss(ticket.loss()));
      out.endObject();
    };
  }

  private Body analysisOf(RecoveryTicket ticket) {
    ClusterInfo cluster =
        clusterOf(ticket.clusterName(), ticket.clusterAlias(), ticket.clusterDomain());
    List<InstanceKey> replicas = ticket.fates().keySet().stream().sorted().toList();
    return analyses.recorded(
        ticket.failed(),
        ticket.analysis(),
        ticket.description(),
        cluster,
        replicas,
        Optional.empty());
  }

  /** The cluster as it was recorded; what is done for it, by the rules of today. */
  private ClusterInfo clusterOf(String name, String alias, String domain) {
    return new ClusterInfo(
        name,
        alias,
        domain,
        0,
        picture.settings().analysis().recoverMasters().matches(name, alias),
        picture.settings().analysis().recoverIntermediateMasters().matches(name, alias));
  }

  Body of(DetectionEntry entry) {
    Detection detection = entry.detection();
    return out -> {
      out.startObject();
      out.field("Id", detection.id());
      out.field("UID", detection.uid());
      out.field("AnalysisEntry", analysisOf(detection));
      out.field("SuccessorKey", Body.NULL);
      out.field("SuccessorAlias", "");
      out.field("SuccessorBinlogCoordinates", Body.NULL);
      out.field("IsActive", detection.isActive());
      out.field("IsSuccessful", false);
      out.keys("LostReplicas", List.of());
      out.keys("ParticipatingInstanceKeys", List.of());
      out.field("AllErrors", Body.NULL);
      out.field("RecoveryStartTimestamp", detection.detected());
      out.time("RecoveryEndTimestamp", Optional.empty());
      out.field("ProcessingNodeHostname", detection.processingNode());
      out.field("ProcessingNodeToken", "");
      acknowledgement(out, Optional.empty());
      out.field("LastDetectionId", 0);
      out.field("RelatedRecoveryId", entry.relatedRecoveryId());
      out.field("Type", "");
      out.field("RecoveryType", "");
      out.endObject();
    };
  }

  private Body analysisOf(Detection detection) {
    return analyses.recorded(
        detection.key(),
        detection.analysis(),
        detection.description(),
        clusterOf(detection.clusterName(), detection.clusterAlias(), ""),
        detection.replicas(),
        Optional.of(detection.detected()));
  }

  private static void acknowledgement(Json out, Optional<Acknowledgement> acknowledgement) {
    out.field("Acknowledged", acknowledgement.isPresent());
    out.time("AcknowledgedAt", acknowledgement.map(Acknowledgement::at));
    out.field("AcknowledgedBy", acknowledgement.map(Acknowledgement::by).orElse(""));
    out.field("AcknowledgedComment", acknowledgement.map(Acknowledgement::comment).orElse(""));
  }

  private static String typeOf(String analysis) {
    return switch (RecoveryKind.ofAnalysis(analysis).orElse(RecoveryKind.DEAD_MASTER)) {
      case DEAD_CO_MASTER -> "CoMasterRecovery";
      case DEAD_INTERMEDIATE_MASTER -> "IntermediateMasterRecovery";
      case DEAD_GROUP_MEMBER -> "ReplicationGroupMemberRecovery";
      case DEAD_MASTER, SEMI_SYNC, NON_WRITEABLE_MASTER -> "MasterRecovery";
    };
  }

  private static String methodOf(RecoveryTicket ticket) {
    boolean ofMaster = ticket.kind().brake() == RecoveryKind.Brake.FAILOVER;
    if (!ofMaster || ticket.promoted().isEmpty()) {
      return "NotMasterRecovery";
    }
    return ticket.base().isPresent() ? "MasterRecoveryPseudoGTID" : "MasterRecoveryGTID";
  }

  static Body loss(LossReport loss) {
    return out -> {
      out.startObject();
      out.time("OldMasterSeen", loss.oldMasterSeen());
      set(out, "KnownMissing", loss.knownMissing());
      set(out, "PromotedExecuted", loss.promotedExecuted());
      set(out, "Unapplied", loss.unapplied());
      set(out, "Exact", loss.exact());
      out.field("Log", loss.log().map(RecoveryView::log).orElse(Body.NULL));
      out.field("SemiSync", loss.semiSync().map(RecoveryView::semiSync).orElse(Body.NULL));
      out.endObject();
    };
  }

  private static Body log(LossReport.LogLoss log) {
    return out -> {
      out.startObject();
      out.field("Seen", log.seen().map(BinlogCoordinates::displayString).orElse(""));
      out.field("Executed", log.executed().displayString());
      out.field("Fetched", log.fetched().displayString());
      out.field("IsKnownLoss", log.isKnown());
      out.endObject();
    };
  }

  private static Body semiSync(LossReport.SemiSyncSeen seen) {
    return out -> {
      out.startObject();
      out.field("InForce", seen.inForce());
      out.field("WaitedFor", seen.waitedFor());
      out.field("Clients", seen.clients());
      out.endObject();
    };
  }

  /** The empty text is an empty set; null is a set that is not known. */
  private static void set(Json out, String name, Optional<?> set) {
    out.field(name, set.map(value -> Body.text(value.toString())).orElse(Body.NULL));
  }
}
