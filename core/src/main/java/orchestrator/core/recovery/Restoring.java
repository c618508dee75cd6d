package orchestrator.core.recovery;

import java.time.Duration;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Replicas that a recovery stopped, and that stay where they are, go on as they were. Not with
 * MariaDB while something is unapplied: there a restarted IO thread throws the relay log away.
 */
final class Restoring {
  private Restoring() {}

  /** Of those that answered. */
  static void all(Turn t) {
    Survivors survivors = t.survivors();
    t.s.live.values().forEach(replica -> restore(t, survivors, replica));
  }

  /** One that nobody can take goes on when its source is back. */
  static void one(Turn t, Instance replica) {
    restore(t, t.survivors(), replica);
  }

  /** An earlier run may have ended before it let them go on. */
  static void look(Turn t) {
    for (InstanceKey replica : t.s.replicas()) {
      t.probe(new Pending.Stopped(replica), replica);
    }
  }

  static void seen(Turn t, InstanceKey replica, Instance instance) {
    t.answered(replica, instance);
    one(t, instance);
  }

  private static void restore(Turn t, Survivors survivors, Instance replica) {
    InstanceKey key = replica.key();
    if (isFed(t, replica)) {
      Duration limit = Patience.CHANGE_SOURCE;
      t.perform(
          new Pending.Aside("Sending %s back below %s".formatted(key, t.failed())),
          new ServerAction.ChangeSource(key, t.failed(), Turn.positionFor(replica), true),
          limit);
      return;
    }
    boolean all = t.s.halts.containsKey(key) || (isEarliersDoing(t, key) && isHalted(replica));
    if (all) {
      perform(t, "replicate", new ServerAction.StartReplication(key));
    } else if (isStopped(replica)
        && (isEarliersDoing(t, key) || isOurDoing(t, key))
        && (!replica.usesMariaDbGtid() || survivors.isApplied(replica))) {
      perform(t, "fetch", new ServerAction.StartIoThread(key));
    }
  }

  /**
   * It would replicate from a sibling for ever, perhaps from one that replicates from it, and be no
   * replica of the failed server at the next attempt.
   */
  private static boolean isFed(Turn t, Instance replica) {
    return t.s.fed.contains(replica.key())
        && replica.sourceKey().filter(t.failed()::equals).isEmpty();
  }

  private static void perform(Turn t, String what, ServerAction action) {
    Duration limit = Patience.CHANGE;
    t.perform(
        new Pending.Aside("Letting %s %s again".formatted(action.target(), what)), action, limit);
  }

  /** What an earlier run did is not in the record; it is what explains a stopped replica best. */
  private static boolean isEarliersDoing(Turn t, InstanceKey replica) {
    return t.s.resumed && t.s.ticket.fates().containsKey(replica);
  }

  private static boolean isOurDoing(Turn t, InstanceKey replica) {
    return t.s.circumstances.lastRead(replica).filter(before -> !isStopped(before)).isPresent();
  }

  private static boolean isStopped(Instance replica) {
    return replica.replication().filter(r -> r.ioThread() == ThreadState.STOPPED).isPresent();
  }

  /** Both threads, and not because of an error. */
  private static boolean isHalted(Instance replica) {
    return isStopped(replica)
        && replica
            .replication()
            .filter(r -> r.sqlThread() == ThreadState.STOPPED)
            .map(Replication::lastSqlError)
            .filter(String::isBlank)
            .isPresent();
  }
}
