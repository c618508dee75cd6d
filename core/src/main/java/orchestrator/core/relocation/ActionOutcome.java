package orchestrator.core.relocation;

import orchestrator.core.topology.Instance;

/** What came of a {@link ServerAction}. A lost reply is a case of its own. */
public sealed interface ActionOutcome {
  /**
   * Done, as a read after the action shows.
   *
   * @param after the server as it was read after the action
   * @param remark what else is to be told; mostly empty
   */
  record Applied(Instance after, String remark) implements ActionOutcome {
    public Applied(Instance after) {
      this(after, "");
    }
  }

  /**
   * Certainly not done: the server refused, or nothing was sent.
   *
   * @param reason names the server and what it said
   */
  record NotApplied(String reason) implements ActionOutcome {}

  /**
   * Perhaps done: the statement was, or may have been, sent and no answer came.
   *
   * @param reason names the server and what was seen
   */
  record Unknown(String reason) implements ActionOutcome {}
}
