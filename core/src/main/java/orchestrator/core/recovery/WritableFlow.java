package orchestrator.core.recovery;

import java.util.List;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Makes a read-only master writable. It is read first, and left alone if it has got a source
 * meanwhile; the intent is committed before the statement is sent, so that nobody else promotes
 * another server at that time.
 */
final class WritableFlow implements Flow {
  static final WritableFlow INSTANCE = new WritableFlow();

  private WritableFlow() {}

  @Override
  public void begin(Turn t) {
    for (InstanceKey replica : t.s.replicas()) {
      t.settle(replica, new ReplicaFate(ReplicaFate.Kind.KEPT, "it stays where it is"));
    }
    Survey.begin(t, false);
  }

  @Override
  public void resume(Turn t) {
    if (t.s.ticket.promoted().isPresent()) {
      HookRun.begin(t, Phase.POST_HOOKS, HookPoint.POST_FAILOVER);
    } else if (t.s.ticket.intended().isPresent()) {
      begin(t);
    } else {
      HookRun.begin(t, Phase.PRE_HOOKS, before());
    }
  }

  @Override
  public void advance(Turn t) {
    if (t.s.phase == Phase.LOOKING && !Survey.isWaiting(t)) {
      act(t);
    }
  }

  private static void act(Turn t) {
    Instance master = t.s.live.get(t.failed());
    if (master == null) {
      Closing.fail(t, t.failed() + " does not answer: " + Moving.silence(t, t.failed()));
    } else if (master.isReplica()) {
      Closing.fail(t, t.failed() + " is no master any more: it replicates");
    } else if (t.s.ticket.intended().isEmpty()) {
      t.s.phase = Phase.INTENDING;
      t.commit(
          CommitKind.INTEND, List.of(new JournalEntry.PromotionIntended(t.failed())), List.of());
    } else {
      send(t);
    }
  }

  private static void send(Turn t) {
    t.s.phase = Phase.REPAIRING;
    t.perform(
        new Pending.Repair(t.failed()),
        new ServerAction.SetReadOnly(t.failed(), false, t.policy().promotion().useSuperReadOnly()),
        Patience.CHANGE);
  }

  @Override
  public void repaired(Turn t, Pending.Repair repair, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        if (applied.after().readOnly()) {
          again(t, t.failed() + " was read and is still read-only");
        } else {
          writable(t, applied.after());
        }
      }
      case ActionOutcome.NotApplied refused -> again(t, refused.reason());
      case ActionOutcome.Unknown unknown -> again(t, unknown.reason());
    }
  }

  private static void again(Turn t, String reason) {
    t.note("Making " + t.failed() + " writable: " + reason);
    if (++t.s.refusals < Patience.ATTEMPTS) {
      t.wake(Alarm.REPAIR_RETRY, Patience.RETRY);
    } else {
      Closing.fail(t, t.failed() + " could not be made writable: " + reason);
    }
  }

  static void retry(Turn t) {
    if (t.s.phase == Phase.REPAIRING) {
      send(t);
    }
  }

  private static void writable(Turn t, Instance after) {
    t.s.phase = Phase.SETTLING;
    t.answered(t.failed(), after);
    t.commit(CommitKind.PROMOTED, List.of(Turn.promoted(t.failed(), after)), List.of());
  }

  @Override
  public void committed(Turn t, CommitKind kind) {
    switch (kind) {
      case INTEND -> send(t);
      case PROMOTED -> HookRun.begin(t, Phase.POST_HOOKS, HookPoint.POST_FAILOVER);
      case NOTES, HOOK_MARK, HOOKS_ENDED, ABANDON, HOLD, REOPEN, CLOSE -> {}
    }
  }
}
