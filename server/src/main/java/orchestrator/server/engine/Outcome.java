package orchestrator.server.engine;

import java.util.function.Function;

/**
 * What came of something a person asked for. Expected failures are values, so that each front end
 * words them its own way.
 */
public sealed interface Outcome<T> {
  record Ok<T>(T value) implements Outcome<T> {}

  /**
   * @param message for people: names what failed and says what to do
   */
  record Failed<T>(Failure failure, String message) implements Outcome<T> {}

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

  default <R> Outcome<R> map(Function<? super T, ? extends R> mapper) {
    return switch (this) {
      case Ok<T>(T value) -> new Ok<>(mapper.apply(value));
      case Failed<T>(Failure failure, String message) -> new Failed<>(failure, message);
    };
  }

  default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
    return switch (this) {
      case Ok<T>(T value) -> next.apply(value);
      case Failed<T>(Failure failure, String message) -> new Failed<>(failure, message);
    };
  }
}
