package orchestrator.core.recovery;

import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;

/**
 * Ends the connections of clients to an old master that was set read-only: some of their users may
 * write all the same, and others would stay where nothing can be written any more. The promotion of
 * another server waits for it, a moment, unless nobody may write; that it cannot be done is no
 * reason not to promote.
 */
final class OldClients {
  private OldClients() {}

  /**
   * @param readOnly the old master as it was read when it was set so
   */
  static void end(Turn t, Instance readOnly) {
    if (t.policy().safety().endClients()) {
      t.perform(
          new Pending.EndClients(!readOnly.superReadOnly()),
          new ServerAction.EndClients(t.failed()),
          Patience.END_CLIENTS);
    }
  }

  static boolean areAwaited(Turn t) {
    return t.isPending(p -> p instanceof Pending.EndClients ending && ending.awaited());
  }

  static void ended(Turn t, Pending.EndClients ending, ActionOutcome outcome) {
    t.note(
        switch (outcome) {
          case ActionOutcome.Applied(_, String remark) ->
              "The connections of clients to "
                  + t.failed()
                  + " were ended"
                  + (remark.isEmpty() ? "" : ": " + remark);
          case ActionOutcome.NotApplied(String reason) ->
              "Not all connections of clients were ended: " + reason;
          case ActionOutcome.Unknown(String reason) ->
              "Perhaps not all connections of clients were ended: " + reason;
        });
    if (!ending.awaited()) {
      return;
    }
    // What they committed until now is to be seen by one more read.
    Takeover.readAnew(t);
    if (t.s.phase == Phase.FENCING) {
      LastFetch.begin(t);
    }
  }
}
