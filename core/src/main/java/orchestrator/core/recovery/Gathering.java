package orchestrator.core.recovery;

import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Stops all replicas from fetching, and reads them, so that what they have does not change any more
 * but by what they apply. Replicas that answered their last probe are waited for a short time; what
 * others say later is still made use of.
 */
final class Gathering {
  private Gathering() {}

  static void begin(Turn t) {
    if (setOldMasterReadOnly(t)) {
      boolean alive = t.s.circumstances.failedServer().isLastCheckValid();
      if (!t.s.ticket.origin().automatic() && alive) {
        t.s.phase = Phase.FENCING;
        t.wake(Alarm.LIVING_MASTER, Patience.LIVING_MASTER);
        return;
      }
    }
    gather(t);
  }

  /** As well as it goes; false when that is left to operators' processes. */
  static boolean setOldMasterReadOnly(Turn t) {
    if (!t.policy().promotion().apply()) {
      return false;
    }
    t.perform(
        new Pending.OldMaster(),
        new ServerAction.SetReadOnly(t.failed(), true, t.policy().promotion().useSuperReadOnly()),
        Patience.OLD_MASTER);
    return true;
  }

  static void oldMasterAnswered(Turn t, ActionOutcome outcome) {
    t.s.oldMasterReadOnly = outcome instanceof ActionOutcome.Applied;
    t.note(
        switch (outcome) {
          case ActionOutcome.Applied ignored -> "Old master " + t.failed() + " is read-only";
          case ActionOutcome.NotApplied refused ->
              "Old master could not be set read-only: " + refused.reason();
          case ActionOutcome.Unknown unknown ->
              "Old master may or may not be read-only: " + unknown.reason();
        });
    if (outcome instanceof ActionOutcome.Applied(Instance after, _)) {
      OldClients.end(t, after);
    }
    if (t.s.phase == Phase.FENCING && !OldClients.areAwaited(t)) {
      if (t.s.oldMasterReadOnly) {
        LastFetch.begin(t);
      } else {
        gather(t);
      }
    }
  }

  static void livingMasterTookTooLong(Turn t) {
    if (t.s.phase == Phase.FENCING) {
      gather(t);
    }
  }

  /** Asks all replicas; again after an intended server was abandoned. */
  static void gather(Turn t) {
    t.s.phase = Phase.GATHERING;
    t.s.round++;
    t.s.stragglersGivenUp = false;
    t.s.nobodyInTime = false;
    t.s.live.clear();
    t.s.silent.clear();
    t.s.stoppedAgain.clear();
    for (InstanceKey replica : t.s.replicas()) {
      t.s.silent.put(replica, "it has not answered yet");
      stopFetching(t, replica);
    }
    ServersBelow.look(t);
    t.wake(Alarm.STRAGGLERS, Patience.STRAGGLERS);
  }

  private static void stopFetching(Turn t, InstanceKey replica) {
    t.perform(
        new Pending.StopFetching(replica, t.s.round),
        new ServerAction.StopIoThread(replica),
        Patience.STOP_FETCHING);
  }

  /** After a restart in the midst of a promotion: reads all servers, changes none. */
  static void look(Turn t) {
    t.s.phase = Phase.LOOKING;
    t.s.round++;
    t.s.stragglersGivenUp = false;
    t.s.nobodyInTime = false;
    for (InstanceKey replica : t.s.replicas()) {
      t.s.silent.put(replica, "it has not answered yet");
      t.probe(new Pending.Look(replica, t.s.round), replica);
    }
    if (t.s.ticket.promoted().isEmpty()) {
      ServersBelow.look(t);
    }
    t.wake(Alarm.STRAGGLERS, Patience.STRAGGLERS);
  }

  static void stopped(Turn t, Pending.StopFetching request, ActionOutcome outcome) {
    if (request.round() != t.s.round) {
      return;
    }
    InstanceKey replica = request.replica();
    switch (outcome) {
      case ActionOutcome.Applied applied -> arrived(t, replica, applied.after());
      case ActionOutcome.NotApplied refused -> doubt(t, request, refused.reason());
      case ActionOutcome.Unknown unknown -> doubt(t, request, unknown.reason());
    }
  }

  private static void doubt(Turn t, Pending.StopFetching request, String reason) {
    t.isSilent(request.replica(), reason);
    ServersBelow.lookBelow(t, request.replica());
    t.probe(new Pending.Look(request.replica(), request.round()), request.replica());
  }

  static void looked(Turn t, Pending.Look request, Instance instance) {
    if (request.round() != t.s.round) {
      return;
    }
    ThreadState thread = instance.replication().map(Replication::ioThread).orElse(ThreadState.NONE);
    boolean choosing = t.s.isIn(Phase.GATHERING, Phase.PREPARING);
    boolean mayFetch = thread == ThreadState.RUNNING || thread == ThreadState.OTHER;
    if (choosing && mayFetch && t.s.stoppedAgain.add(request.replica())) {
      stopFetching(t, request.replica()); // it was down, and the failed master may be back as well
    } else if (choosing && thread == ThreadState.RUNNING) {
      t.isSilent(request.replica(), "it could not be stopped from fetching");
    } else {
      arrived(t, request.replica(), instance);
    }
  }

  static void lookFailed(Turn t, Pending.Look request, String reason) {
    if (request.round() == t.s.round) {
      t.isSilent(request.replica(), reason);
    }
  }

  private static void arrived(Turn t, InstanceKey replica, Instance instance) {
    t.answered(replica, instance);
    if (t.s.phase == Phase.PREPARING) {
      t.note("Late answer of " + replica + " is taken into account");
      Preparing.choose(t);
    } else if (t.s.isIn(Phase.PROMOTING, Phase.SETTLING, Phase.POST_HOOKS)
        || (t.s.phase == Phase.CLOSING && t.s.ticket.promoted().isPresent())) {
      Moving.consider(t, replica);
    }
  }

  static void stragglersTookTooLong(Turn t) {
    t.s.stragglersGivenUp = true;
  }

  /** Goes on as soon as enough is known. */
  static void advance(Turn t) {
    boolean waiting = !t.s.stragglersGivenUp && t.isPending(p -> isAwaited(t, p));
    if (waiting) {
      return;
    }
    if (t.s.phase == Phase.LOOKING) {
      Resuming.looked(t);
      return;
    }
    ServersBelow.count(t);
    CandidateChoice choice = t.choice();
    if (choice.best().isEmpty() && isAnyLeft(t)) {
      // Nobody to promote among those that answered: then even the slow ones are worth waiting for.
      t.s.nobodyInTime = true;
    } else if (t.s.nobodyInTime && t.isPending(p -> isAwaited(t, p))) {
      // All are slow, as behind a master that hangs: the others are as near as this one was, and
      // one that is promoted without asking them may lack what they have.
      t.s.nobodyInTime = false;
      t.s.stragglersGivenUp = false;
      t.wake(Alarm.STRAGGLERS, Patience.STRAGGLERS);
    } else {
      Preparing.choose(t, choice);
    }
  }

  private static boolean isAnyLeft(Turn t) {
    return t.isPending(p -> p instanceof Pending.StopFetching || p instanceof Pending.Look);
  }

  private static boolean isAwaited(Turn t, Pending pending) {
    return switch (pending) {
      case Pending.StopFetching stop -> isExpectedToAnswer(t, stop.replica());
      case Pending.Look look -> isExpectedToAnswer(t, look.replica());
      case Pending.LookBelow look -> ServersBelow.isAwaited(t, look);
      default -> false;
    };
  }

  private static boolean isExpectedToAnswer(Turn t, InstanceKey replica) {
    boolean anyWasValid =
        t.s.circumstances.replicas().stream().anyMatch(Instance::isLastCheckValid);
    return t.s.resumed
        || !anyWasValid
        || t.s.circumstances.lastRead(replica).filter(Instance::isLastCheckValid).isPresent();
  }
}
