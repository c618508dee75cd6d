package orchestrator.server.config;

import java.util.function.Function;

/** What became of one raw value: a typed value, or what it should have been. */
sealed interface Decoded<T> {

  /** The raw value was good. */
  record Valid<T>(T value) implements Decoded<T> {}

  /**
   * The raw value was not.
   *
   * @param expectation continues the sentence "KEY is VALUE: …"
   */
  record Invalid<T>(String expectation) implements Decoded<T> {}

  /** Changes the typed value, if there is one. */
  default <R> Decoded<R> map(Function<T, R> change) {
    return switch (this) {
      case Valid<T>(T value) -> new Valid<>(change.apply(value));
      case Invalid<T>(String expectation) -> new Invalid<>(expectation);
    };
  }
}
