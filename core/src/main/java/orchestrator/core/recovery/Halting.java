package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.binlog.LogTail;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;

/**
 * Where no GTIDs tell what servers have: what a candidate has applied of the failed master's log
 * belongs to a place in its own log. Both are read while its replication stands still, and before
 * it can take a write.
 */
final class Halting {
  private Halting() {}

  /** Stops the candidate's replication, unless it stands still. Returns whether it was asked to. */
  static boolean isUnderWay(Turn t, Instance candidate) {
    boolean stands =
        candidate.replication().filter(replication -> !replication.isStopped()).isEmpty();
    if (!t.isByPosition() || stands) {
      return false;
    }
    InstanceKey key = candidate.key();
    if (t.s.halts.merge(key, 1, Integer::sum) > Patience.ATTEMPTS) {
      t.s.excluded.put(key, "its replication could not be stopped");
      Preparing.again(t);
      return true;
    }
    t.perform(new Pending.Halt(key), new ServerAction.StopReplication(key), Patience.CHANGE_SOURCE);
    return true;
  }

  static void halted(Turn t, InstanceKey candidate, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied applied -> t.answered(candidate, applied.after());
      case ActionOutcome.NotApplied refused -> t.note(refused.reason());
      case ActionOutcome.Unknown unknown -> {
        t.note(unknown.reason());
        if (!t.isTakeover()) {
          t.probe(new Pending.Poll(candidate), candidate);
        }
      }
    }
  }

  /** Where the candidate stands. Its replication stands still. */
  static Optional<PromotionBase> baseOf(Turn t, Instance candidate) {
    if (!t.isByPosition()) {
      return Optional.empty();
    }
    // What a co-master wrote itself, its replicas have got in another order, or not at all.
    boolean alone = candidate.readOnly() || t.s.ticket.kind() != RecoveryKind.DEAD_CO_MASTER;
    return t.measure()
        .executed(candidate, t.failed())
        .map(executed ->
            new PromotionBase(
                candidate.key(), executed, candidate.binlog().position().filter(at -> alone)));
  }

  // The rest of a relay log

  /**
   * A master that dies in the midst of a transaction leaves the beginning of it to its replicas.
   * Returns whether it was asked if that is all that is left.
   */
  static boolean asksForRest(Turn t, Instance instance) {
    InstanceKey key = instance.key();
    Optional<BinlogCoordinates> executed = t.measure().executed(instance, t.failed());
    BinlogCoordinates from =
        instance
            .replication()
            .map(Replication::relayLog)
            .filter(at -> !at.isUnknown())
            .orElse(BinlogCoordinates.UNKNOWN);
    boolean stands =
        !t.now.isBefore(t.s.lastProgress.plus(Patience.NOTHING_APPLIED))
            && Optional.ofNullable(t.s.tailAsked.get(key))
                .filter(at -> t.now.isBefore(at.plus(Patience.LOOK_AT_REST_AGAIN)))
                .isEmpty();
    if (!t.isByPosition() || executed.isEmpty() || from.isUnknown() || !stands) {
      return false;
    }
    t.s.tailAsked.put(key, t.now);
    t.readLog(
        new Pending.Tail(key, executed.get()),
        new LogQuestion.Rest(key, BinlogCoordinates.relay(from.logFile(), from.logPos())),
        Patience.READ_REST);
    return true;
  }

  static void restRead(Turn t, Pending.Tail question, LogTail.Rest rest) {
    if (t.s.phase != Phase.PREPARING || rest != LogTail.Rest.NOTHING) {
      return;
    }
    t.s.drained.put(question.replica(), question.executed());
    t.note(
        "%s has applied all whole transactions that it fetched, up to %s"
            .formatted(question.replica(), question.executed()));
    Preparing.choose(t);
  }
}
