package orchestrator.server.app;

/** How the process says why it ended; {@code docs/operations.md} explains them. */
final class ExitCodes {
  /** The node's own store could not be written for too long. */
  static final int BACKEND_GONE = 3;

  /** The node never found a quorum of its group after its start. */
  static final int NEVER_JOINED = 4;

  /** The node's raft log could not be written or applied, or the node was removed. */
  static final int RAFT_STOPPED = 5;

  private ExitCodes() {}
}
