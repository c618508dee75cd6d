package orchestrator.server.engine;

import java.time.Duration;
import java.util.List;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;

/**
 * What a node's history makes of the replicated commands. It keeps the index up to which it has
 * seen them in the same transaction as their traces, so a command that is applied again after a
 * restart leaves no second trace. Losing the newest of it costs nothing: the log still has them.
 */
public interface Projection {

  /** The newest entry that is in the history; 0 for an empty one. */
  long appliedIndex();

  /**
   * Takes an entry into the history, soon. Ignores those up to {@link #appliedIndex}.
   *
   * @param commands that led from {@code before} to {@code after}
   */
  void apply(long index, ReplicatedState before, ReplicatedState after, List<Command> commands);

  /**
   * The state jumped to that of a snapshot: its detections and recoveries are taken into the
   * history.
   */
  void jump(long index, ReplicatedState state);

  /**
   * Waits until everything before is durable; then the log may be purged.
   *
   * @return whether it is
   */
  boolean flush(Duration limit);
}
