package orchestrator.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.History.AnalysisChange;
import orchestrator.server.engine.History.AuditEntry;
import orchestrator.server.engine.History.BlockedRecovery;
import orchestrator.server.engine.History.RecoveryStep;

/** The smaller objects of the API. */
final class SmallViews {
  private SmallViews() {}

  static Body audit(AuditEntry entry) {
    return out -> {
      out.startObject();
      out.field("AuditId", entry.id());
      out.field("AuditTimestamp", entry.at());
      out.field("AuditType", entry.type());
      out.field("AuditInstanceKey", entry.key().orElse(InstanceKey.NONE));
      out.field("Message", entry.message());
      out.endObject();
    };
  }

  static Body step(RecoveryStep step) {
    return out -> {
      out.startObject();
      out.field("Id", step.id());
      out.field("RecoveryUID", step.recoveryUid());
      out.field("AuditAt", step.at());
      out.field("Message", step.message());
      out.endObject();
    };
  }

  static Body blocked(BlockedRecovery blocked) {
    return out -> {
      out.startObject();
      out.field("FailedInstanceKey", blocked.failed());
      out.field("ClusterName", blocked.clusterName());
      out.field("Analysis", blocked.analysis());
      out.field("LastBlockedTimestamp", blocked.lastBlocked());
      out.field("BlockingRecoveryId", blocked.blockingRecoveryId());
      out.field("Reason", blocked.reason());
      out.endObject();
    };
  }

  /** All changes of one server; each ends in a comma, as it always has. */
  static Body changes(List<AnalysisChange> ofOneServer) {
    return out -> {
      out.startObject();
      out.field("AnalyzedInstanceKey", ofOneServer.getFirst().key());
      out.texts(
          "Changelog",
          ofOneServer.stream()
              .map(change -> Json.timestamp(change.at()) + ";" + change.analysis() + ",")
              .toList());
      out.endObject();
    };
  }

  /** A number for clients that name a maintenance by one: when it began, in microseconds. */
  static long maintenanceId(Maintenance maintenance) {
    Instant begin = maintenance.begin();
    return begin.getEpochSecond() * 1_000_000 + begin.getNano() / 1000;
  }

  static Body maintenance(Maintenance maintenance, Instant now) {
    return out -> {
      out.startObject();
      out.field("MaintenanceId", maintenanceId(maintenance));
      out.field("Key", maintenance.key());
      out.field("BeginTimestamp", maintenance.begin());
      out.field(
          "SecondsElapsed", Math.max(0, Duration.between(maintenance.begin(), now).toSeconds()));
      out.field("IsActive", maintenance.isActive(now));
      out.field("Owner", maintenance.owner());
      out.field("Reason", maintenance.reason());
      out.endObject();
    };
  }

  static Body demoted(DemotedMaster demoted) {
    return out -> {
      out.startObject();
      out.field("Key", demoted.key());
      out.field("SuccessorKey", demoted.successor());
      out.field("RecoveryUID", demoted.recoveryUid());
      out.field("DemotedAt", demoted.since());
      out.field("Status", statusOf(demoted));
      out.field(
          "OnlyHere",
          demoted.compared().map(c -> Body.text(c.onlyHere().toString())).orElse(Body.NULL));
      out.time("ComparedAt", demoted.compared().map(DemotedMaster.Comparison::at));
      out.endObject();
    };
  }

  private static String statusOf(DemotedMaster demoted) {
    if (demoted.isQuarantined()) {
      return "quarantined";
    }
    return demoted.canFollow() ? "can follow" : "not compared yet";
  }

  static Body kept(KeptReadOnly server) {
    return out -> {
      out.startObject();
      out.field("Key", server.key());
      out.field("RecoveryUID", server.recoveryUid());
      out.field("Since", server.since());
      out.endObject();
    };
  }

  static Body candidate(Candidate candidate) {
    return out -> {
      out.startObject();
      out.field("Hostname", candidate.key().hostname());
      out.field("Port", candidate.key().port());
      out.field("PromotionRule", candidate.rule().displayName());
      out.field("LastSuggestedString", candidate.suggested());
      out.field("PromotionRuleExpiry", candidate.expires());
      out.endObject();
    };
  }
}
