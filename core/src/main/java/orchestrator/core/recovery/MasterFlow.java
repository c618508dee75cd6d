package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;

/**
 * Replaces a dead master, or a dead co-master: all replicas stop fetching and are read; the
 * candidate is chosen, applies what it has and fetches what it lacks; the intent to promote it is
 * committed; it is made writable while the others are moved below it; the promotion is committed
 * together with all that makes it known.
 */
final class MasterFlow implements Flow {
  static final MasterFlow INSTANCE = new MasterFlow();

  private MasterFlow() {}

  @Override
  public void begin(Turn t) {
    Gathering.begin(t);
  }

  @Override
  public void resume(Turn t) {
    if (t.s.ticket.promoted().isPresent()) {
      Gathering.look(t);
    } else if (isBeingUndone(t)) {
      Undoing.begin(t, "It was interrupted while it was undone");
    } else if (t.s.ticket.intended().isPresent()) {
      // Whether its clients were disconnected is not recorded.
      Gathering.setOldMasterReadOnly(t);
      Gathering.look(t);
    } else if (t.s.ticket.chosen().isPresent()) {
      Gathering.begin(t);
    } else {
      HookRun.begin(t, Phase.PRE_HOOKS, before());
    }
  }

  /** The old master may take writes again, and was not to be replaced any more. */
  static boolean isBeingUndone(Turn t) {
    return t.s.ticket.intended().equals(Optional.of(t.failed()));
  }

  @Override
  public void advance(Turn t) {
    switch (t.s.phase) {
      case GATHERING, LOOKING -> Gathering.advance(t);
      case PREPARING -> Preparing.advance(t);
      case ABANDONING -> Promoting.chooseAgain(t);
      case SETTLING -> settle(t);
      case UNDOING -> Undoing.advance(t);
      case PRE_HOOKS,
          FENCING,
          INTENDING,
          PROMOTING,
          RELOCATING,
          REPAIRING,
          POST_HOOKS,
          FAILING,
          CLOSING,
          FINISHED -> {}
      case TAKEOVER_LOOKING,
          TAKEOVER_MOVING,
          TAKEOVER_HOLDING,
          TAKEOVER_CATCHING_UP,
          TAKEOVER_ENDING -> {}
    }
  }

  /** Processes that tell others wait for the moves, a little. */
  static void settle(Turn t) {
    boolean announced = t.isWakePending(Pending.Alarm.MOVES_BEFORE_HOOKS) || t.s.movesGivenTime;
    if (announced && (Moving.promptOnesAreDone(t) || t.s.movesGivenTime)) {
      HookRun.begin(t, Phase.POST_HOOKS, HookPoint.POST_MASTER_FAILOVER, HookPoint.POST_FAILOVER);
    }
  }

  @Override
  public void committed(Turn t, CommitKind kind) {
    switch (kind) {
      case INTEND -> Promoting.begin(t, false);
      case PROMOTED -> Promoting.announced(t);
      case REOPEN -> Undoing.beginReopening(t);
      case NOTES, HOOK_MARK, HOOKS_ENDED, ABANDON, HOLD, CLOSE -> {}
    }
  }
}
