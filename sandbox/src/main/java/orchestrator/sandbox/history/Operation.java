package orchestrator.sandbox.history;

import java.util.Optional;

/**
 * One operation on a register, as its client saw it.
 *
 * @param client for people
 * @param key which register
 * @param invoked before the client sent it
 * @param returned after the client had the answer; without meaning while the outcome is unknown
 */
public record Operation(
    String client, String key, Action action, long invoked, long returned, Outcome outcome) {

  /** What came of it. */
  public enum Outcome {
    DONE,
    /** It took no effect, and never will. */
    NOT_DONE,
    /** It took effect at some moment after it was invoked, or will, or never does. */
    UNKNOWN
  }

  /** What it was to do. */
  public sealed interface Action {
    /** The value that the register has afterwards; empty where the action is impossible. */
    Optional<Value> appliedTo(Value before);
  }

  /**
   * What a register holds.
   *
   * @param text empty when there is no value
   */
  public record Value(Optional<String> text) {
    public static final Value NONE = new Value(Optional.empty());

    public static Value of(String text) {
      return new Value(Optional.of(text));
    }

    @Override
    public String toString() {
      return text.orElse("nothing");
    }
  }

  /** Sets a value, or deletes it. */
  public record Write(Value value) implements Action {
    @Override
    public Optional<Value> appliedTo(Value before) {
      return Optional.of(value);
    }
  }

  /** Found a value. */
  public record Read(Value found) implements Action {
    @Override
    public Optional<Value> appliedTo(Value before) {
      return before.equals(found) ? Optional.of(before) : Optional.empty();
    }
  }

  public Operation {
    if (outcome == Outcome.DONE && returned < invoked) {
      throw new IllegalArgumentException("Answered before it was asked: " + client + " " + key);
    }
  }

  boolean isDone() {
    return outcome == Outcome.DONE;
  }

  @Override
  public String toString() {
    String what =
        switch (action) {
          case Write(Value value) -> "wrote " + value;
          case Read(Value found) -> "read " + found;
        };
    String when = outcome == Outcome.UNKNOWN ? "…" : "…" + returned / 1_000_000;
    return client + " " + what + " [" + invoked / 1_000_000 + when + " ms]";
  }
}
