package orchestrator.server.mysql;

import orchestrator.server.engine.ProbeResult.Failure;

/** A connection that did not come about or ended, or a statement that the server refused. */
final class SessionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Failure failure;
  private final int errorCode;
  private final boolean answered;

  private SessionException(
      Failure failure, int errorCode, boolean answered, String message, Throwable cause) {
    super(message, cause);
    this.failure = failure;
    this.errorCode = errorCode;
    this.answered = answered;
  }

  /** The connection is of no use any more, and what was sent last may have been done. */
  static SessionException lost(Failure failure, int errorCode, String message, Throwable cause) {
    return new SessionException(failure, errorCode, false, message, cause);
  }

  /** The server answered a statement with an error: it was not done, nor was any after it. */
  static SessionException refused(Failure failure, int errorCode, String message, Throwable cause) {
    return new SessionException(failure, errorCode, true, message, cause);
  }

  Failure failure() {
    return failure;
  }

  /** The server's error number; 0 when there is none. */
  int errorCode() {
    return errorCode;
  }

  /** Whether the server answered with an error, and the connection stands. */
  boolean isAnswered() {
    return answered;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
