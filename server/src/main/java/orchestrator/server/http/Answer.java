package orchestrator.server.http;

import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;

/** What an endpoint answers, before it becomes bytes. */
sealed interface Answer {
  /** An answer that is known as a whole. */
  sealed interface Complete extends Answer {}

  /** A bare value. */
  record Value(int status, Body body) implements Complete {}

  /** {@code {Code, Message, Details}}. */
  record Envelope(int status, boolean ok, String message, Body details) implements Complete {}

  /** Text of another type than JSON. */
  record Text(String contentType, String text) implements Complete {}

  /** Events, as they happen, until somebody ends it. */
  record EventStream() implements Answer {}

  /**
   * Whatever the leader answers.
   *
   * @param leader the base URL of its service
   * @param commandId under which it is to commit what is asked for; empty when that is more, or
   *     something else, than one command
   */
  record Forwarded(URI leader, Optional<String> commandId) implements Answer {}

  static Answer value(Body body) {
    return new Value(200, body);
  }

  static Answer done(String message, Body details) {
    return new Envelope(200, true, message, details);
  }

  static Answer.Complete failed(Failure failure, String message, Body details) {
    return new Envelope(statusOf(failure), false, message, details);
  }

  /**
   * A failed outcome as an envelope.
   *
   * @param details unless there is a command to ask about
   */
  static Answer failed(Outcome.Failed<?> failed, Body details) {
    return failed(
        failed.failure(),
        failed.message(),
        failed.commandId().map(Answer::commandId).orElse(details));
  }

  /** Names the command to ask about. */
  static Body commandId(String id) {
    return out -> {
      out.startObject();
      out.field("CommandId", id);
      out.endObject();
    };
  }

  /** An outcome as an envelope. */
  static <T> Answer of(Outcome<T> outcome, String message, Function<T, Body> details) {
    return of(outcome, value -> message, details);
  }

  /** An outcome as an envelope, with a message that depends on it. */
  static <T> Answer of(Outcome<T> outcome, Function<T, String> message, Function<T, Body> details) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> done(message.apply(value), details.apply(value));
      case Outcome.Failed<T> failed -> failed(failed, Body.NULL);
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
