package orchestrator.core.topology;

/** The state of a replication thread as the replica status says it. */
public enum ThreadState {
  /** No status row: the server is not a replica. */
  NONE(-1),
  STOPPED(0),
  RUNNING(1),
  /** {@code Connecting}, {@code Preparing}: started, but not at work. */
  OTHER(2);

  private final int code;

  ThreadState(int code) {
    this.code = code;
  }

  /** The number the HTTP API shows. */
  public int code() {
    return code;
  }

  /** Reads {@code Yes}, {@code No} or any other text of the status row. */
  public static ThreadState ofStatus(String text) {
    return switch (text) {
      case "Yes" -> RUNNING;
      case "No" -> STOPPED;
      default -> OTHER;
    };
  }
}
