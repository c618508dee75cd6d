package orchestrator.server.http;

import java.util.function.Function;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;

/** What an endpoint answers, before it becomes bytes. */
sealed interface Answer {
  /** A bare value. */
  record Value(int status, Body body) implements Answer {}

  /** {@code {Code, Message, Details}}. */
  record Envelope(int status, boolean ok, String message, Body details) implements Answer {}

  /** Text of another type than JSON. */
  record Text(String contentType, String text) implements Answer {}

  static Answer value(Body body) {
    return new Value(200, body);
  }

  static Answer done(String message, Body details) {
    return new Envelope(200, true, message, details);
  }

  static Answer failed(Failure failure, String message, Body details) {
    return new Envelope(statusOf(failure), false, message, details);
  }

  /** An outcome as an envelope. */
  static <T> Answer of(Outcome<T> outcome, String message, Function<T, Body> details) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> done(message, details.apply(value));
      case Outcome.Failed<T>(Failure failure, String text) -> failed(failure, text, Body.NULL);
    };
  }

  /** The HTTP status that says the same. */
  static int statusOf(Failure failure) {
    return switch (failure) {
      case BAD_REQUEST -> 400;
      case UNAUTHORIZED -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case INTERNAL -> 500;
      case UNAVAILABLE, UNKNOWN -> 503;
    };
  }
}
