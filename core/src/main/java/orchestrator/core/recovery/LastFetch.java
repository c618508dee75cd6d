package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * A person has a living master replaced at once, and it is read-only now. Where no GTIDs tell what
 * replicas have, none can get from another what it lacks: so they get a moment to fetch all that
 * the master wrote, before they are stopped. How long is up to {@link Patience#LIVING_MASTER}.
 */
final class LastFetch {
  private LastFetch() {}

  static void begin(Turn t) {
    if (t.isByPosition()) {
      pollNow(t);
    } else {
      Gathering.gather(t);
    }
  }

  static void pollNow(Turn t) {
    if (t.s.phase == Phase.FENCING && !t.isPending(Pending.FetchPoll.class::isInstance)) {
      t.s.lastWritten = Optional.empty();
      t.probe(new Pending.FetchPoll(t.failed()), t.failed());
      t.s.replicas().forEach(replica -> t.probe(new Pending.FetchPoll(replica), replica));
    }
  }

  static void seen(Turn t, InstanceKey key, Instance instance) {
    if (t.s.phase != Phase.FENCING) {
      return;
    }
    if (key.equals(t.failed())) {
      t.s.lastWritten = instance.binlog().position();
    } else {
      t.answered(key, instance);
    }
    judge(t);
  }

  static void notSeen(Turn t, InstanceKey key, String reason) {
    if (t.s.phase == Phase.FENCING) {
      if (!key.equals(t.failed())) {
        t.isSilent(key, reason);
      }
      judge(t);
    }
  }

  private static void judge(Turn t) {
    if (t.isPending(Pending.FetchPoll.class::isInstance)) {
      return;
    }
    if (t.s.lastWritten.filter(end -> isFetchedByAll(t, end)).isPresent()) {
      Gathering.gather(t);
    } else if (!t.isWakePending(Alarm.FETCH_POLL)) {
      t.wake(Alarm.FETCH_POLL, Patience.FIRST_POLL);
    }
  }

  /** By all that answer, and of which it is known how far they are. */
  private static boolean isFetchedByAll(Turn t, BinlogCoordinates end) {
    return t.s.live.values().stream()
        .flatMap(replica -> t.measure().fetched(replica, t.failed()).stream())
        .noneMatch(at -> at.isBefore(end));
  }
}
