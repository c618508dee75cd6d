package orchestrator.server.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.ReplicatedState;

/** The only way to change the replicated state. */
public interface Consensus extends AutoCloseable {

  /** The state as applied on this node: an immutable value, read without waiting. */
  ReplicatedState state();

  /**
   * Proposes commands as one entry, and waits until they are durable and applied here. They are
   * applied together or not at all: when one is refused, none is applied.
   *
   * @param deadline how long to wait; afterwards the outcome is {@link Submission.Unknown}
   */
  Submission submit(List<Command> commands, Duration deadline);

  /**
   * As {@link #submit(List, Duration)}, under an id that another node made for it ({@link
   * Group#newCommandId}), so that it can be asked for even if this node is lost. Never done under
   * another id; for a single use.
   */
  default Submission submit(List<Command> commands, Duration deadline, String commandId) {
    return submit(commands, deadline);
  }

  /** Whether other nodes may change the state while this one is away. */
  default boolean isShared() {
    return false;
  }

  /** Present while this node may act: it leads, is ready, and its quorum was heard recently. */
  Optional<Leadership> leadership();

  /** Why this node cannot take part, for people; empty while it can. */
  default Optional<String> failure() {
    return Optional.empty();
  }

  /** Told of every state after it was applied, in order, on the applying thread: be quick. */
  void onApplied(Consumer<ReplicatedState> listener);

  @Override
  void close();

  /** What came of a proposal. */
  sealed interface Submission {
    /** Durable and applied; one result for each command. */
    record Committed(long index, List<CommandResult> results) implements Submission {
      public Committed {
        results = List.copyOf(results);
      }
    }

    /** Certainly not done. */
    record Rejected(String reason) implements Submission {}

    /**
     * Perhaps done.
     *
     * @param commandId to ask by later; empty where that cannot be
     */
    record Unknown(String reason, Optional<String> commandId) implements Submission {
      public Unknown(String reason) {
        this(reason, Optional.empty());
      }
    }
  }
}
