package orchestrator.core.recovery;

import java.time.Duration;
import java.util.List;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.Instance;

/** What became of an {@link Effect}. */
public sealed interface Event {
  /** The id of the effect that it answers. */
  long effectId();

  /**
   * Durable and applied.
   *
   * @param results one for each command
   */
  record Committed(long effectId, List<CommandResult> results) implements Event {
    public Committed {
      results = List.copyOf(results);
    }
  }

  /** Certainly not done: this node does not lead. */
  record CommitRejected(long effectId, String reason) implements Event {}

  /** Perhaps done. */
  record CommitUnknown(long effectId, String reason) implements Event {}

  record ActionFinished(long effectId, ActionOutcome outcome) implements Event {}

  /** The server answered. */
  record Probed(long effectId, Instance instance) implements Event {}

  /** The server did not answer as it should. */
  record ProbeFailed(long effectId, String reason) implements Event {}

  record LogRead(long effectId, LogAnswer answer) implements Event {}

  /**
   * @param output cut to a bounded length
   */
  record HookFinished(long effectId, boolean successful, Duration duration, String output)
      implements Event {}

  record Woken(long effectId) implements Event {}
}
