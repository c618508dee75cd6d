package orchestrator.core.recovery;

import orchestrator.core.facts.HookPoint;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** What an effect that is not answered yet is for. */
sealed interface Pending {
  /** The commit at the head of the queue. */
  record Committing() implements Pending {}

  record Hook(HookPoint point, int index, boolean asynchronous) implements Pending {}

  /** The old master is to be read-only: as well as it goes. */
  record OldMaster() implements Pending {}

  /** A read of a living master that is read-only, or of a replica that fetches the last of it. */
  record FetchPoll(InstanceKey server) implements Pending {}

  record StopFetching(InstanceKey replica, int round) implements Pending {}

  /** A read of a replica at the beginning. */
  record Look(InstanceKey replica, int round) implements Pending {}

  /** A read of a server that gets everything through a replica, and may have more than that. */
  record LookBelow(InstanceKey server, int round) implements Pending {}

  /** A change or a read that the preparation of the candidate waits for. */
  record StartApplying(InstanceKey replica) implements Pending {}

  record Feeding(InstanceKey replica, InstanceKey source) implements Pending {}

  record Poll(InstanceKey replica) implements Pending {}

  /**
   * Whether anything is left in a relay log that can be applied.
   *
   * @param executed up to where it was applied
   */
  record Tail(InstanceKey replica, BinlogCoordinates executed) implements Pending {}

  /** The candidate's replication is stopped, so that it is certain where it stands. */
  record Halt(InstanceKey candidate) implements Pending {}

  record Reset(InstanceKey candidate) implements Pending {}

  record SemiSyncOn(InstanceKey candidate) implements Pending {}

  record MakeWritable(InstanceKey candidate) implements Pending {}

  record MakeReadOnlyAgain(InstanceKey candidate) implements Pending {}

  record Move(InstanceKey replica) implements Pending {}

  /** A replica is stopped before it is moved by position. */
  record MoveHalt(InstanceKey replica) implements Pending {}

  /** The same where no server is promoted. */
  record RelocationHalt(InstanceKey replica, InstanceKey source) implements Pending {}

  /** Its place in the new source's log is looked for. */
  record Matching(InstanceKey replica, InstanceKey source) implements Pending {}

  /** A read of a replica that was, or may have been, moved. */
  record MoveCheck(InstanceKey replica) implements Pending {}

  /** A read of a server around a dead one that was no master, or of a replica of it. */
  record Survey(InstanceKey server, int round) implements Pending {}

  record Relocation(InstanceKey replica, InstanceKey source) implements Pending {}

  /** A read of a replica that was, or may have been, moved below this source. */
  record RelocationCheck(InstanceKey replica, InstanceKey source) implements Pending {}

  /** A change of a server that stays what it is. */
  record Repair(InstanceKey server) implements Pending {}

  /** A read of a server that was repaired, and is not yet as it should be. */
  record RepairCheck(InstanceKey server) implements Pending {}

  /** A read of a replica that an earlier run may have left stopped. */
  record Stopped(InstanceKey replica) implements Pending {}

  /** A read of a master that an earlier run of a failing failover may have left read-only. */
  record FailedMasterLook() implements Pending {}

  /** A change whose outcome is noted and nothing more. */
  record Aside(String what) implements Pending {}

  /** A takeover reads a server, before its first change or after its last. */
  record TakeoverLook(InstanceKey server) implements Pending {}

  /** A takeover stops a replica, or moves it below the target. */
  record TakeoverMove(InstanceKey replica) implements Pending {}

  /** A read that the moves of a takeover wait for. */
  record TakeoverMovePoll(InstanceKey server) implements Pending {}

  /** A read that tells how near the target of a takeover is to the master. */
  record TakeoverApproach(InstanceKey server) implements Pending {}

  /** A takeover sets the master read-only. */
  record HoldMaster() implements Pending {}

  /**
   * The connections of clients to the old master are ended.
   *
   * @param awaited whether they may write, so that nobody is promoted before
   */
  record EndClients(boolean awaited) implements Pending {}

  /**
   * A read while the target catches up with the master that takes no writes.
   *
   * @param round of the reads that count together
   */
  record TakeoverPoll(InstanceKey server, int round) implements Pending {}

  /** A takeover that failed makes the master writable again. */
  record ReopenMaster() implements Pending {}

  /** A takeover that failed sends a replica back. */
  record Restore(InstanceKey replica) implements Pending {}

  record OldMasterLook() implements Pending {}

  /** The old master becomes a replica. */
  record TurnOldMaster() implements Pending {}

  record Wake(Alarm alarm, int round) implements Pending {}

  /** What a wake-up is for. */
  enum Alarm {
    NOTES,
    LIVING_MASTER,
    FETCH_POLL,
    STRAGGLERS,
    BELOW,
    POLL,
    PROMOTION_RETRY,
    PROMOTED_LOOK,
    MOVE_CHECK,
    RELOCATION,
    RELOCATION_CHECK,
    REPAIR_RETRY,
    REPAIR_CHECK,
    MOVES_BEFORE_HOOKS,
    TAKEOVER_POLL,
    TAKEOVER_MOVES,
    TAKEOVER_APPROACH,
    TAKEOVER_RETRY
  }
}
