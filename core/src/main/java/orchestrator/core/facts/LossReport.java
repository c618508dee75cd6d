package orchestrator.core.facts;

import java.time.Instant;
import java.util.Optional;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;

/**
 * Which transactions a failover lost: what is known, and what cannot be known. Of a recovery that
 * moves the replicas of another server: what those that had to stay have, and the master lacks.
 *
 * @param oldMasterSeen when the failed master's executed set was last read; what it committed after
 *     that moment and sent to no replica is unknown until {@link #exact}
 * @param knownMissing transactions seen on the old master and absent on the promoted server; empty
 *     set when none, empty Optional when one of the sets is unknown
 * @param promotedExecuted the promoted server's executed set when it was made writable
 * @param unapplied transactions fetched by the promoted server but not applied when it was promoted
 * @param semiSync how far the old master waited for replicas when it was last read; empty when it
 *     was never read
 * @param exact the transactions of the old master that the new one lacks, once both were compared
 */
public record LossReport(
    Optional<Instant> oldMasterSeen,
    Optional<GtidDifference> knownMissing,
    Optional<GtidSet> promotedExecuted,
    Optional<GtidDifference> unapplied,
    Optional<SemiSyncSeen> semiSync,
    Optional<GtidDifference> exact) {
  public static final LossReport UNKNOWN =
      new LossReport(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * Semi-synchronous replication of the old master.
   *
   * @param inForce whether commits waited for replicas: then what a client was told to be committed
   *     had reached that many
   * @param waitedFor how many replicas a commit waited for
   * @param clients how many were connected
   */
  public record SemiSyncSeen(boolean inForce, int waitedFor, int clients) {}

  /** The same report after the old master came back and was compared. */
  public LossReport comparedWith(GtidDifference lost) {
    return new LossReport(
        oldMasterSeen, knownMissing, promotedExecuted, unapplied, semiSync, Optional.of(lost));
  }
}
