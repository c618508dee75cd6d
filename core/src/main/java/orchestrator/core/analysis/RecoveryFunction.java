package orchestrator.core.analysis;

/** What a diagnosis calls for. */
public enum RecoveryFunction {
  /** Nothing: it is shown and logged. */
  NONE,
  /** Announced as a failure, but nobody can or should act on it. */
  DETECTION_ONLY,
  DEAD_MASTER,
  DEAD_CO_MASTER,
  DEAD_INTERMEDIATE_MASTER,
  DEAD_GROUP_MEMBER,
  LOCKED_SEMI_SYNC_MASTER,
  EXACT_SEMI_SYNC,
  NON_WRITEABLE_MASTER;

  /** Whether there is something to do. */
  public boolean isActionable() {
    return this != NONE && this != DETECTION_ONLY;
  }

  /** Whether a failure with this function is registered, and operators' processes told of it. */
  public boolean detects() {
    return this != NONE;
  }
}
