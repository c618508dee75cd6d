package orchestrator.simulation.judge;

import java.util.List;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/** One thing that happened. Times are milliseconds since the world began. */
public sealed interface Fact {
  long at();

  /** An entry was agreed on, and applied. */
  record Committed(
      long at,
      LogPosition position,
      List<Command> commands,
      List<CommandResult> results,
      ReplicatedState before,
      ReplicatedState after)
      implements Fact {}

  /** Who proposed it was told that it is entry {@code index}. */
  record Acknowledged(long at, long index, List<Command> commands) implements Fact {}

  /**
   * A manager sent a statement.
   *
   * @param purpose the uid of a recovery, or a word
   */
  record Sent(long at, int node, long term, String purpose, ServerAction action) implements Fact {}

  /** A server executed it. */
  record Executed(long at, int node, long term, String purpose, ServerAction action)
      implements Fact {}

  /** A recovery had a server read. */
  record Probed(long at, String recoveryUid) implements Fact {}

  /** A server crashed, or came back. */
  record Crashed(long at, InstanceKey server) implements Fact {}

  /** A person changed whether it takes writes. */
  record ChangedByPerson(long at, InstanceKey server, boolean readOnly) implements Fact {}

  /** The world has ended. */
  record Ended(long at) implements Fact {}
}
