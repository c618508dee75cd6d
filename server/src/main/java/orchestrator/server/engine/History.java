package orchestrator.server.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * What happened: recoveries, detections, audit. Bounded by retention, kept by each node. An
 * implementation throws {@link java.io.UncheckedIOException} when its store cannot be read.
 */
public interface History {
  /** Entries per page, everywhere. */
  int PAGE_SIZE = 20;

  /** Newest first. */
  List<RecoveryTicket> recoveries(Selection selection);

  /** Oldest first; empty for an unknown recovery. */
  List<RecoveryStep> recoverySteps(String recoveryUid);

  /** Newest first; {@code selection.unacknowledgedOnly} is of no meaning here. */
  List<DetectionEntry> detections(Selection selection);

  /** Automatic recoveries that are held back just now; newest first. */
  List<BlockedRecovery> blockedRecoveries(Optional<String> clusterName);

  /** Newest first. */
  List<AuditEntry> audit(Optional<InstanceKey> key, int page);

  /** How the diagnosis of each server changed; by key, then time. */
  List<AnalysisChange> analysisChanges();

  /**
   * Which recoveries or detections; all given conditions hold.
   *
   * @param failed the server that failed
   * @param clusterName as it was recorded, exactly
   * @param clusterAlias as it was recorded, exactly
   * @param page from 0, {@link #PAGE_SIZE} entries each
   */
  record Selection(
      Optional<Long> id,
      Optional<String> uid,
      Optional<InstanceKey> failed,
      Optional<String> clusterName,
      Optional<String> clusterAlias,
      boolean unacknowledgedOnly,
      int page) {
    public static final Selection ALL =
        new Selection(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            0);

    public Selection {
      if (page < 0) {
        throw new IllegalArgumentException("page must be 0 or more, got " + page);
      }
    }

    public Selection withId(long newId) {
      return new Selection(
          Optional.of(newId), uid, failed, clusterName, clusterAlias, unacknowledgedOnly, page);
    }

    public Selection withUid(String newUid) {
      return new Selection(
          id, Optional.of(newUid), failed, clusterName, clusterAlias, unacknowledgedOnly, page);
    }

    public Selection withFailed(InstanceKey server) {
      return new Selection(
          id, uid, Optional.of(server), clusterName, clusterAlias, unacknowledgedOnly, page);
    }

    public Selection withClusterName(String name) {
      return new Selection(
          id, uid, failed, Optional.of(name), clusterAlias, unacknowledgedOnly, page);
    }

    public Selection withClusterAlias(String alias) {
      return new Selection(
          id, uid, failed, clusterName, Optional.of(alias), unacknowledgedOnly, page);
    }

    public Selection withUnacknowledgedOnly(boolean only) {
      return new Selection(id, uid, failed, clusterName, clusterAlias, only, page);
    }

    public Selection withPage(int newPage) {
      return new Selection(id, uid, failed, clusterName, clusterAlias, unacknowledgedOnly, newPage);
    }
  }

  /**
   * @param relatedRecoveryId the newest recovery that answers the detection, 0 for none
   */
  record DetectionEntry(Detection detection, long relatedRecoveryId) {}

  /** One line of the protocol of a recovery. */
  record RecoveryStep(long id, String recoveryUid, Instant at, String message) {}

  /**
   * @param blockingRecoveryId the earlier recovery that stands in the way, 0 for none
   * @param reason every gate that is closed
   */
  record BlockedRecovery(
      InstanceKey failed,
      String clusterName,
      String analysis,
      Instant lastBlocked,
      long blockingRecoveryId,
      String reason) {}

  /**
   * @param type for example {@code begin-downtime}
   * @param key the server it is about, if about one
   */
  record AuditEntry(long id, Instant at, String type, Optional<InstanceKey> key, String message) {}

  /**
   * @param analysis the diagnosis code from {@code at} on
   */
  record AnalysisChange(InstanceKey key, Instant at, String analysis) {}
}
