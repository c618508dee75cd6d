package orchestrator.core.recovery;

import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.relocation.ActionOutcome;

/**
 * What one kind of recovery does between the processes that may forbid it and those that tell
 * others. A flow has no state of its own; all of it is in {@link RecoveryState}.
 */
interface Flow {
  static Flow of(RecoveryKind kind) {
    return switch (kind) {
      case DEAD_MASTER, DEAD_CO_MASTER -> MasterFlow.INSTANCE;
      case DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER -> RelocationFlow.INSTANCE;
      case SEMI_SYNC -> SemiSyncFlow.INSTANCE;
      case NON_WRITEABLE_MASTER -> WritableFlow.INSTANCE;
    };
  }

  /** Processes that may forbid it. */
  default HookPoint[] before() {
    return new HookPoint[] {HookPoint.PRE_FAILOVER};
  }

  /** Nothing forbids it. */
  void begin(Turn t);

  /** An earlier run of the manager began it. What it committed is known, and its processes. */
  void resume(Turn t);

  /** Goes on as far as possible without another answer, in the phases that are its own. */
  void advance(Turn t);

  /** A commit of its own kind was made. */
  void committed(Turn t, CommitKind kind);

  /** A server was, or was not, changed as it needed no more than to be repaired. */
  default void repaired(Turn t, Pending.Repair repair, ActionOutcome outcome) {
    throw new IllegalArgumentException("Nothing is repaired by such a recovery: " + repair);
  }
}
