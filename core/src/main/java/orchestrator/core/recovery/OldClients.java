package orchestrator.core.recovery;

import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;

/**
 * Ends the connections of clients to an old master that was set read-only: some of their users may
 * write all the same, and others would stay where nothing can be written any more. The promotion of
 * another server waits for it, a moment; that it cannot be done is no reason not to promote.
 */
final class OldClients {
  private OldClients() {}

  /** The old master is read-only. */
  static void end(Turn t) {
    if (t.policy().safety().endClients()) {
      t.perform(
          new Pending.EndClients(), new ServerAction.EndClients(t.failed()), Patience.END_CLIENTS);
    }
  }

  static boolean areEnding(Turn t) {
    return t.isPending(Pending.EndClients.class::isInstance);
  }

  static void ended(Turn t, ActionOutcome outcome) {
    t.note(
        switch (outcome) {
          case ActionOutcome.Applied ignored ->
              "The connections of clients to " + t.failed() + " were ended";
          case ActionOutcome.NotApplied(String reason) ->
              "Not all connections of clients were ended: " + reason;
          case ActionOutcome.Unknown(String reason) ->
              "Perhaps not all connections of clients were ended: " + reason;
        });
    // What they committed until now is to be seen by one more read.
    t.s.takeover.quiet = false;
    if (t.s.phase == Phase.FENCING) {
      Gathering.gather(t);
    }
  }
}
