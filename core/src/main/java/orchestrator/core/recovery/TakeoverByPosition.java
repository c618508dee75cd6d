package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * A takeover where no GTIDs tell what servers have. The other replicas stay below the master until
 * it is replaced: until then there is nothing to undo about them. While it is read-only they come
 * to the same place of its log as the target; the replication of the target is stopped there, and
 * where it stands in both logs is recorded with the intent. From its place the others go on, and in
 * the end the old master.
 */
final class TakeoverByPosition {
  private TakeoverByPosition() {}

  /**
   * The other replicas that are to come to the end of the master's log, and have not yet. One that
   * Pseudo-GTID may place is waited for only a little, and none behind a master that has gone.
   */
  static SortedSet<InstanceKey> awaited(Turn t) {
    SortedSet<InstanceKey> awaited = new TreeSet<>();
    boolean isMatched =
        t.policy().pseudoGtid().isPresent()
            && !t.now.isBefore(t.s.takeover.since.plus(Patience.APPLYING));
    if (!t.isByPosition() || isMatched || t.s.takeover.failedReadsOfMaster >= 2) {
      return awaited;
    }
    Progress written = Takeover.written(t);
    for (InstanceKey key : t.s.replicas()) {
      Instance replica = t.s.live.get(key);
      if (replica != null
          && !key.equals(Takeover.target(t))
          && !t.s.circumstances.downtimed().contains(key)
          && MovingByPosition.isMeant(t, replica)
          && !t.measure().ofReplica(replica, t.failed()).covers(written)) {
        awaited.add(key);
      }
    }
    return awaited;
  }

  /** Whether the target stands still, at a place that is known; if not, it is stopped. */
  static boolean stands(Turn t, Instance target) {
    if (!t.isByPosition()) {
      return true;
    }
    if (target.replication().filter(Replication::isStopped).isPresent()) {
      boolean isKnown = Halting.baseOf(t, target).flatMap(PromotionBase::position).isPresent();
      if (!isKnown) {
        Undoing.begin(t, "it is not known where " + target.key() + " stands");
      }
      return isKnown;
    }
    boolean late = !t.now.isBefore(t.s.takeover.until);
    if (late || t.s.halts.merge(target.key(), 1, Integer::sum) > Patience.ATTEMPTS) {
      Undoing.begin(t, "the replication of " + target.key() + " could not be stopped");
      return false;
    }
    t.perform(
        new Pending.Halt(target.key()),
        new ServerAction.StopReplication(target.key()),
        Patience.CHANGE);
    return false;
  }

  /** Whether a replica may still get more from the old master. */
  static boolean isFed(Turn t, Instance replica) {
    return t.isTakeover()
        && replica
            .replication()
            .filter(r -> r.source().equals(t.failed()) && r.ioThread() == ThreadState.RUNNING)
            .isPresent();
  }

  /**
   * What becomes of a replica that cannot be moved. The old master of a takeover is going to be a
   * replica, and feeds it as before.
   */
  static ReplicaFate unmoved(Turn t, InstanceKey replica, String reason) {
    Optional<Replication> row =
        Optional.ofNullable(t.s.live.get(replica))
            .flatMap(Instance::replication)
            .filter(r -> r.source().equals(t.failed()));
    if (!t.isTakeover() || !t.isByPosition() || row.isEmpty() || !feeds(t)) {
      return new ReplicaFate(Kind.LOST, reason);
    }
    if (row.get().isStopped()) {
      t.perform(
          new Pending.Aside("Letting " + replica + " replicate again"),
          new ServerAction.StartReplication(replica),
          Patience.CHANGE);
    }
    return new ReplicaFate(Kind.KEPT, "it stays below the old master: " + reason);
  }

  private static boolean feeds(Turn t) {
    return t.s
        .takeover
        .master
        .or(() -> Optional.of(t.s.circumstances.failedServer()))
        .filter(old -> old.binlog().canFeedReplicas())
        .isPresent();
  }

  /** Replicas that were to be moved and were not: the takeover is done but for them. */
  static List<String> left(Turn t) {
    return t.s.settled.entrySet().stream()
        .filter(entry -> t.isTakeover() && entry.getValue().kind() == Kind.KEPT)
        .map(entry -> entry.getKey() + " was not moved: " + entry.getValue().reason())
        .toList();
  }

  /** The target was stopped too early, by an earlier run of the manager perhaps. */
  static void letGoOn(Turn t) {
    InstanceKey target = Takeover.target(t);
    boolean stopped =
        Optional.ofNullable(t.s.live.get(target))
            .flatMap(Instance::replication)
            .filter(Replication::isStopped)
            .isPresent();
    if (t.isByPosition()
        && stopped
        && t.s.phase == Phase.TAKEOVER_CATCHING_UP
        && !t.isPending(Pending.Aside.class::isInstance)) {
      t.perform(
          new Pending.Aside("Letting " + target + " replicate again"),
          new ServerAction.StartReplication(target),
          Patience.CHANGE);
    }
  }
}
