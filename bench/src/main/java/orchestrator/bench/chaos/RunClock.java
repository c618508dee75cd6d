package orchestrator.bench.chaos;

import java.time.Duration;
import java.time.Instant;

/** The one clock of a run: nanoseconds since its beginning. */
final class RunClock {
  private final long startNanos = System.nanoTime();
  private final Instant start = Instant.now();

  long now() {
    return System.nanoTime() - startNanos;
  }

  /** When something happened that is told in the time of day. */
  long at(Instant time) {
    return Duration.between(start, time).toNanos();
  }

  static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
