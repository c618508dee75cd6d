package orchestrator.core.facts;

import java.time.Instant;
import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;

/**
 * Which transactions a failover lost: what is known, and what cannot be known. Of a recovery that
 * moves the replicas of another server: what those that had to stay have, and the master lacks.
 *
 * @param oldMasterSeen when the failed master's executed set was last read; what it committed after
 *     that moment and sent to no replica is unknown until {@link #exact}
 * @param knownMissing transactions seen on the old master, or on a server that answered, and absent
 *     on the promoted server; empty set when none, empty Optional when it is unknown what the old
 *     master or the promoted server had and none were seen elsewhere
 * @param promotedExecuted the promoted server's executed set when it was made writable
 * @param unapplied transactions fetched by the promoted server but not applied when it was promoted
 * @param semiSync how far the old master waited for replicas when it was last read; empty when it
 *     was never read
 * @param exact the transactions of the old master that the new one lacks, once both were compared
 * @param log the same in the coordinates of the old master's log, where no GTIDs tell it
 */
public record LossReport(
    Optional<Instant> oldMasterSeen,
    Optional<GtidDifference> knownMissing,
    Optional<GtidSet> promotedExecuted,
    Optional<GtidDifference> unapplied,
    Optional<SemiSyncSeen> semiSync,
    Optional<GtidDifference> exact,
    Optional<LogLoss> log) {
  public static final LossReport UNKNOWN =
      new LossReport(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** As GTIDs tell it. */
  public LossReport(
      Optional<Instant> oldMasterSeen,
      Optional<GtidDifference> knownMissing,
      Optional<GtidSet> promotedExecuted,
      Optional<GtidDifference> unapplied,
      Optional<SemiSyncSeen> semiSync,
      Optional<GtidDifference> exact) {
    this(
        oldMasterSeen,
        knownMissing,
        promotedExecuted,
        unapplied,
        semiSync,
        exact,
        Optional.empty());
  }

  /**
   * How far replicas had come in the log of the old master.
   *
   * @param seen where it wrote when it was last read; empty when it was never read
   * @param executed up to where the promoted server had applied it
   * @param fetched up to where the promoted server could have applied it
   */
  public record LogLoss(
      Optional<BinlogCoordinates> seen, BinlogCoordinates executed, BinlogCoordinates fetched) {
    /** Whether something is known to be lost: it had been written before the last look. */
    public boolean isKnown() {
      return seen.filter(executed::isBefore).isPresent();
    }

    /**
     * Whether it is known that nothing of what was seen is lost, and all that was fetched applied.
     */
    public boolean isNothing() {
      return seen.isPresent() && !isKnown() && !executed.isBefore(fetched);
    }
  }

  /**
   * Semi-synchronous replication of the old master.
   *
   * @param inForce whether commits waited for replicas: then what a client was told to be committed
   *     had reached that many
   * @param waitedFor how many replicas a commit waited for
   * @param clients how many were connected
   */
  public record SemiSyncSeen(boolean inForce, int waitedFor, int clients) {}

  /** The same report when others turn out to have transactions that the promoted server lacks. */
  public LossReport alsoMissing(GtidDifference more) {
    return more.isEmpty()
        ? this
        : new LossReport(
            oldMasterSeen,
            Optional.of(knownMissing.map(known -> known.join(more)).orElse(more)),
            promotedExecuted,
            unapplied,
            semiSync,
            exact,
            log);
  }

  /** What an earlier report found by comparing the old master stays true. */
  LossReport after(LossReport earlier) {
    return exact.isEmpty() && earlier.exact.isPresent() ? comparedWith(earlier.exact.get()) : this;
  }

  /** The same report after the old master came back and was compared. */
  public LossReport comparedWith(GtidDifference lost) {
    return new LossReport(
        oldMasterSeen, knownMissing, promotedExecuted, unapplied, semiSync, Optional.of(lost), log);
  }
}
