package orchestrator.server.raft;

/** A node cannot take part in its group; the message says what to do. */
public final class RaftException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RaftException(String message) {
    super(message);
  }

  public RaftException(String message, Throwable cause) {
    super(message, cause);
  }
}
