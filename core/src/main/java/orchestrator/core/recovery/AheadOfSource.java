package orchestrator.core.recovery;

import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** Replicas of a dead server that have what no source of theirs will ever get. */
final class AheadOfSource {
  private AheadOfSource() {}

  /** As of a replica that is ahead of a new master: it stays, in downtime, with what it has. */
  static void tellLoss(Turn t, InstanceKey replica) {
    Surplus surplus = new Surplus(t.s);
    GtidSet all = OracleGtidSet.EMPTY;
    for (Instance instance : t.s.live.values()) {
      ReplicaFate fate = t.s.settled.get(instance.key());
      if (fate != null && fate.kind() == Kind.LOST) {
        all = GtidAlgebra.union(all, surplus.lost(instance));
      }
    }
    t.record(
        new JournalEntry.LossAssessed(
            LossAssessment.ofReplicas(
                t.s.circumstances.failedServer(), surplus.asDifference(all))));
    t.also(Closing.lostInRecovery(t, replica));
  }

  /**
   * The dead server may have come back, and passed something on, after the replica was judged. One
   * of MariaDB is not served then, and its position would not tell what came from where.
   */
  static boolean isSoAfterMove(Turn t, Pending.Relocation move) {
    return !lacking(t, move).isEmpty();
  }

  private static GtidSet lacking(Turn t, Pending.Relocation move) {
    Instance replica = t.s.live.get(move.replica());
    Instance source = t.s.live.get(move.source());
    return replica == null || source == null || replica.usesMariaDbGtid()
        ? OracleGtidSet.EMPTY
        : new Surplus(t.s).lostBelow(replica, source);
  }

  /** It replicates already: nobody would know any more what it has for itself. */
  static void stop(Turn t, Pending.Relocation move) {
    String reason =
        "it was moved below %s, and has transactions that this lacks: %s. It is stopped"
            .formatted(move.source(), lacking(t, move));
    Relocating.settle(t, move.replica(), new ReplicaFate(Kind.LOST, reason));
    t.perform(
        new Pending.Aside("Stopping " + move.replica()),
        new ServerAction.StopReplication(move.replica()),
        Patience.CHANGE);
    tellLoss(t, move.replica());
  }
}
