package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.recovery.RecoveryState.CommitKind;

/**
 * What one kind of recovery does between the processes that may forbid it and those that tell
 * others. A flow has no state of its own; all of it is in {@link RecoveryState}.
 */
interface Flow {
  /** Empty for a kind of recovery that this version does not know how to do. */
  static Optional<Flow> of(RecoveryKind kind) {
    return switch (kind) {
      case DEAD_MASTER -> Optional.of(MasterFlow.INSTANCE);
      case DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER -> Optional.of(RelocationFlow.INSTANCE);
      case DEAD_CO_MASTER, SEMI_SYNC, NON_WRITEABLE_MASTER -> Optional.empty();
    };
  }

  /** Nothing forbids it. */
  void begin(Turn t);

  /** An earlier run of the manager began it. What it committed is known, and its processes. */
  void resume(Turn t);

  /** Goes on as far as possible without another answer, in the phases that are its own. */
  void advance(Turn t);

  /** A commit of its own kind was made. */
  void committed(Turn t, CommitKind kind);
}
