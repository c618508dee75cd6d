package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.InstanceKey;

/**
 * Replaces a living master as planned: {@link Takeover} until the target has everything, {@link
 * Promoting} as in every failover, {@link TakeoverEnd} for the old master; {@link Undoing} when it
 * fails before the target may be writable.
 */
final class TakeoverFlow implements Flow {
  static final TakeoverFlow INSTANCE = new TakeoverFlow();

  private TakeoverFlow() {}

  @Override
  public HookPoint[] before() {
    return new HookPoint[] {HookPoint.PRE_GRACEFUL_TAKEOVER, HookPoint.PRE_FAILOVER};
  }

  @Override
  public void begin(Turn t) {
    Takeover.look(t);
  }

  /** The servers are looked at, and what is done already is found done. */
  @Override
  public void resume(Turn t) {
    Optional<InstanceKey> intended = t.s.ticket.intended();
    if (intended.equals(Optional.of(t.failed()))) {
      Undoing.begin(t, "It was interrupted while it was undone");
    } else if (t.s.ticket.promoted().isPresent() || intended.isPresent()) {
      Gathering.look(t);
    } else if (Takeover.mayBeHeld(t)) {
      Takeover.look(t);
    } else {
      HookRun.begin(t, Phase.PRE_HOOKS, before());
    }
  }

  @Override
  public void advance(Turn t) {
    switch (t.s.phase) {
      case TAKEOVER_LOOKING -> Takeover.advanceLooking(t);
      case TAKEOVER_MOVING -> TakeoverMoves.advance(t);
      case TAKEOVER_CATCHING_UP -> Takeover.advanceCatchingUp(t);
      case UNDOING -> Undoing.advance(t);
      case TAKEOVER_ENDING -> TakeoverEnd.advance(t);
      case ABANDONING -> undoOnceRecorded(t);
      case LOOKING -> Gathering.advance(t);
      case SETTLING -> {
        TakeoverEnd.awaitMoves(t);
        MasterFlow.settle(t);
      }
      case GATHERING, PREPARING, FENCING, INTENDING, PROMOTING, TAKEOVER_HOLDING -> {}
      case PRE_HOOKS, POST_HOOKS, FAILING, CLOSING, FINISHED, RELOCATING, REPAIRING -> {}
    }
  }

  /** The target is proven to be read-only, and that is recorded. */
  private static void undoOnceRecorded(Turn t) {
    if (t.s.ticket.intended().equals(Optional.of(t.failed()))) {
      Undoing.begin(t, Takeover.target(t) + " could not be promoted");
    }
  }

  @Override
  public void committed(Turn t, CommitKind kind) {
    switch (kind) {
      case HOLD -> Takeover.hold(t);
      case REOPEN -> Undoing.beginReopening(t);
      case INTEND -> Promoting.begin(t, false);
      case PROMOTED -> {
        TakeoverEnd.begin(t);
        Promoting.announced(t);
        TakeoverEnd.awaitMoves(t);
      }
      case NOTES, HOOK_MARK, HOOKS_ENDED, ABANDON, CLOSE -> {}
    }
  }
}
