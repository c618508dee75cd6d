package orchestrator.server.engine;

import java.util.Optional;
import java.util.function.Function;

/**
 * What came of something a person asked for. Expected failures are values, so that each front end
 * words them its own way.
 */
public sealed interface Outcome<T> {
  record Ok<T>(T value) implements Outcome<T> {}

  /**
   * @param message for people: names what failed and says what to do
   * @param commandId to ask later what came of it; only with {@link Failure#UNKNOWN}
   */
  record Failed<T>(Failure failure, String message, Optional<String> commandId)
      implements Outcome<T> {
    public Failed(Failure failure, String message) {
      this(failure, message, Optional.empty());
    }

    private <R> Failed<R> as() {
      return new Failed<>(failure, message, commandId);
    }
  }

  /** Kinds of failure, by what the asker can do about them. */
  enum Failure {
    /** The request makes no sense; repeating it does not help. */
    BAD_REQUEST,
    /** Who asks is not allowed to. */
    UNAUTHORIZED,
    /** The server, cluster or recovery is not known. */
    NOT_FOUND,
    /** Stands against the present state: locked, open recovery, precondition not met. */
    CONFLICT,
    /** This node may not act now, or the server cannot be reached: try again, or elsewhere. */
    UNAVAILABLE,
    /** Perhaps done: look before repeating it. */
    UNKNOWN,
    /** A defect or a failed disk; see the log. */
    INTERNAL
  }

  static <T> Outcome<T> ok(T value) {
    return new Ok<>(value);
  }

  static <T> Outcome<T> failed(Failure failure, String message) {
    return new Failed<>(failure, message);
  }

  /**
   * Perhaps done.
   *
   * @param commandId by which it can be asked what came of it; empty where that cannot be
   */
  static <T> Outcome<T> unknown(String message, Optional<String> commandId) {
    return new Failed<>(Failure.UNKNOWN, message, commandId);
  }

  default <R> Outcome<R> map(Function<? super T, ? extends R> mapper) {
    return switch (this) {
      case Ok<T>(T value) -> new Ok<>(mapper.apply(value));
      case Failed<T> failed -> failed.as();
    };
  }

  default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
    return switch (this) {
      case Ok<T>(T value) -> next.apply(value);
      case Failed<T> failed -> failed.as();
    };
  }
}
