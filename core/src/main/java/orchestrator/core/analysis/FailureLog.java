package orchestrator.core.analysis;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.topology.InstanceKey;

/**
 * The failed attempts to reach servers since each was last reached. Immutable; a server that
 * answers is forgotten.
 */
public final class FailureLog {
  public static final FailureLog NONE = new FailureLog(Map.of());

  /** What a failed attempt says about the server. */
  public enum Kind {
    /** Refused, timed out, cut off: nothing was heard of the server. */
    SILENT,
    /** It is alive, and did not let us in or answered nonsense. */
    ANSWERED
  }

  /**
   * Attempts that failed one after the other.
   *
   * @param firstFailure when the first of them ended
   * @param lastFailure when the latest one ended
   * @param silentSince when the first of the attempts ended after which nothing was heard of the
   *     server any more; empty when the latest attempt was answered
   * @param silentAttempts how many since then
   */
  public record Run(
      Instant firstFailure,
      Instant lastFailure,
      Optional<Instant> silentSince,
      int silentAttempts) {
    /**
     * @throws IllegalArgumentException if the moments and the count contradict each other
     */
    public Run {
      if (lastFailure.isBefore(firstFailure) || silentSince.isPresent() != (silentAttempts > 0)) {
        throw new IllegalArgumentException("not a run of failures");
      }
    }

    private Run and(Kind kind, Instant at) {
      Instant last = at.isAfter(lastFailure) ? at : lastFailure;
      return switch (kind) {
        case SILENT ->
            new Run(firstFailure, last, silentSince.or(() -> Optional.of(at)), silentAttempts + 1);
        case ANSWERED -> new Run(firstFailure, last, Optional.empty(), 0);
      };
    }

    private static Run first(Kind kind, Instant at) {
      return switch (kind) {
        case SILENT -> new Run(at, at, Optional.of(at), 1);
        case ANSWERED -> new Run(at, at, Optional.empty(), 0);
      };
    }
  }

  private final Map<InstanceKey, Run> runs;

  private FailureLog(Map<InstanceKey, Run> runs) {
    this.runs = Map.copyOf(runs);
  }

  /** After an attempt that failed at this moment. */
  public FailureLog failed(InstanceKey key, Kind kind, Instant at) {
    Map<InstanceKey, Run> changed = new TreeMap<>(runs);
    Run known = runs.get(key);
    changed.put(key, known == null ? Run.first(kind, at) : known.and(kind, at));
    return new FailureLog(changed);
  }

  /** After an attempt that succeeded, or when the server is of no interest any more. */
  public FailureLog without(InstanceKey key) {
    if (!runs.containsKey(key)) {
      return this;
    }
    Map<InstanceKey, Run> changed = new TreeMap<>(runs);
    changed.remove(key);
    return new FailureLog(changed);
  }

  public Optional<Run> of(InstanceKey key) {
    return Optional.ofNullable(runs.get(key));
  }

  public Map<InstanceKey, Run> runs() {
    return runs;
  }
}
