package orchestrator.core.recovery;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** What the control of a takeover remembers beyond that of a failover. */
final class TakeoverState {
  /** How far the move of a sibling is, below the target or back. */
  enum Stage {
    QUEUED,
    /** It stops, so that what it has does not grow any more. */
    STOPPING,
    /** The target is to have what the sibling has. */
    AWAITING,
    CHANGING,
    CONNECTING,
    DONE
  }

  /**
   * @param needs what its new source must have first
   * @param since when the present stage began
   */
  record Move(Stage stage, int attempts, Optional<GtidSet> needs, Instant since) {
    Move to(Stage next, Instant now) {
      return new Move(next, attempts, needs, now);
    }
  }

  /** What becomes of the old master after the promotion. */
  enum OldMaster {
    UNTOUCHED,
    /** Replicas go on from places in its log: it logs nothing new before they have been moved. */
    AWAITING_MOVES,
    LOOKED_AT,
    CHANGING,
    DONE
  }

  /** How far the way back is. */
  enum Undo {
    NONE,
    REOPENING,
    AWAITING_MOVES,
    LOOKING,
    RESTORING
  }

  /** The old master as it was last read by this run. */
  Optional<Instance> master = Optional.empty();

  /** What it has, since it was set read-only. */
  Optional<Instance> held = Optional.empty();

  /** Reads that were asked for in an earlier round may be older than the last write. */
  int pollRound;

  /** Whether the last read of the held master showed what the one before showed. */
  boolean quiet;

  int failedReadsOfMaster;

  /** When the held master was last read. */
  Instant lastReadOfMaster = Instant.MIN;

  int failedReadsOfTarget;

  /** Whether both servers were asked how near the target is, and neither failed to answer. */
  boolean looked;

  /** How near the target was when it was last looked at. */
  Optional<Nearness> nearness = Optional.empty();

  /** The end of the present wait. */
  Instant until = Instant.MAX;

  Instant since = Instant.MIN;
  final Map<InstanceKey, Move> moves = new TreeMap<>();
  OldMaster oldMaster = OldMaster.UNTOUCHED;
  int oldMasterAttempts;
  boolean lastHooks;
  Undo undo = Undo.NONE;

  /** Whether it was read writable after it was made so again. */
  boolean reopened;

  TakeoverState copy() {
    TakeoverState copy = new TakeoverState();
    copy.master = master;
    copy.held = held;
    copy.pollRound = pollRound;
    copy.quiet = quiet;
    copy.failedReadsOfMaster = failedReadsOfMaster;
    copy.lastReadOfMaster = lastReadOfMaster;
    copy.failedReadsOfTarget = failedReadsOfTarget;
    copy.looked = looked;
    copy.nearness = nearness;
    copy.until = until;
    copy.since = since;
    copy.moves.putAll(moves);
    copy.oldMaster = oldMaster;
    copy.oldMasterAttempts = oldMasterAttempts;
    copy.lastHooks = lastHooks;
    copy.undo = undo;
    copy.reopened = reopened;
    return copy;
  }
}
