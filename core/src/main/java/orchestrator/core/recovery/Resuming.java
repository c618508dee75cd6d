package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.InstanceKey;

/**
 * Goes on with a recovery that another run of the manager began, from what that one committed.
 * Nothing is taken for granted that is not in the journal: the servers are read first.
 */
final class Resuming {
  private Resuming() {}

  static void begin(Turn t) {
    t.s.startedBefore = Set.copyOf(t.s.ticket.hooksStarted());
    t.note(
        "It stands so: "
            + t.s
                .ticket
                .promoted()
                .map(key -> key + " was promoted")
                .or(() -> t.s.ticket.intended().map(key -> key + " may have been promoted"))
                .orElse("nothing irrevocable was done"));
    t.s
        .ticket
        .fates()
        .forEach((replica, fate) -> {
          if (fate.kind() != ReplicaFate.Kind.PENDING) {
            t.s.settled.put(replica, fate);
            t.s.published.add(replica);
          }
        });
    boolean failing = t.s.ticket.hookMayHaveRun(HookPoint.POST_UNSUCCESSFUL_FAILOVER, 0);
    boolean undoing = t.flow() == MasterFlow.INSTANCE && MasterFlow.isBeingUndone(t);
    if (failing && t.s.ticket.promoted().isEmpty() && !undoing) {
      t.s.errors.add("The manager was restarted while it ended this unsuccessful recovery");
      if (t.s.ticket.intended().isEmpty() && !t.isTakeover()) {
        Restoring.look(t);
        Undoing.look(t);
      }
      HookRun.begin(t, Phase.FAILING, HookPoint.POST_UNSUCCESSFUL_FAILOVER);
    } else {
      t.flow().resume(t);
    }
  }

  /**
   * The promoted server was writable, and is silent now: perhaps for as short a time as the manager
   * was away.
   */
  private static boolean isAwaited(Turn t) {
    if (t.isWakePending(Alarm.PROMOTED_LOOK)) {
      return true;
    }
    if (t.s.waitingSince.isEmpty()) {
      t.s.waitingSince = Optional.of(t.now);
    }
    if (!t.now.isBefore(t.s.waitingSince.get().plus(Patience.PROMOTED))) {
      return false;
    }
    t.wake(Alarm.PROMOTED_LOOK, Patience.RETRY);
    return true;
  }

  /** Reads all servers again, since others may have changed meanwhile. */
  static void lookAgain(Turn t) {
    if (t.s.phase == Phase.LOOKING) {
      Gathering.look(t);
    }
  }

  /** The servers were read. */
  static void looked(Turn t) {
    if (t.s.ticket.promoted().isEmpty()) {
      ServersBelow.count(t);
      Promoting.begin(t, true);
      return;
    }
    InstanceKey master = t.s.ticket.promoted().get();
    if (!t.s.live.containsKey(master) && isAwaited(t)) {
      return;
    }
    t.s.phase = Phase.SETTLING;
    if (!t.s.live.containsKey(master)) {
      t.s.errors.add(master + " was promoted, and does not answer now");
    }
    if (t.s.ticket.published()) {
      t.flow().committed(t, CommitKind.PROMOTED);
    } else {
      t.commit(
          CommitKind.PROMOTED,
          List.of(new JournalEntry.Published(master)),
          Promoting.publication(t, master));
    }
  }
}
