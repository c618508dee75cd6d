package orchestrator.server.http;

import orchestrator.server.engine.Outcome.Failure;

/** Ends a request with the envelope of an error. Thrown and caught inside this package only. */
final class ApiException extends RuntimeException {
  private final Failure failure;
  private final Body details;

  ApiException(Failure failure, String message) {
    this(failure, message, Body.NULL);
  }

  ApiException(Failure failure, String message, Body details) {
    // No stack trace: it is an answer, not a defect.
    super(message, null, false, false);
    this.failure = failure;
    this.details = details;
  }

  static ApiException badRequest(String message) {
    return new ApiException(Failure.BAD_REQUEST, message);
  }

  static ApiException notFound(String message) {
    return new ApiException(Failure.NOT_FOUND, message);
  }

  /** The message, which is always there. */
  String text() {
    return String.valueOf(getMessage());
  }

  Failure failure() {
    return failure;
  }

  Body details() {
    return details;
  }
}
