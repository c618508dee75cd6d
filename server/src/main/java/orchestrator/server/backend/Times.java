package orchestrator.server.backend;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as numbers that sort. */
final class Times {
  private Times() {}

  static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  static Instant ofMicros(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
