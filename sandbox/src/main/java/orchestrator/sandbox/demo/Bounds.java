package orchestrator.sandbox.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a failover may take in the demo, whatever else the machine does. What it takes on a
 * quiet one is in {@code docs/performance.md}.
 */
final class Bounds {
  static final Duration NEW_LEADER = Duration.ofSeconds(5);
  static final Duration WRITABLE = Duration.ofSeconds(10);

  private Bounds() {}

  /**
   * What is wrong with the times: those that were not measured, and those that are too long.
   *
   * @param isGroup whether the leading manager was killed as well
   */
  static List<String> faults(
      boolean isGroup, Optional<Duration> newLeader, Optional<Duration> writable) {
    List<String> faults = new ArrayList<>();
    if (isGroup) {
      check("another manager took the lead", newLeader, NEW_LEADER).ifPresent(faults::add);
    }
    check("a replica became writable", writable, WRITABLE).ifPresent(faults::add);
    return faults;
  }

  private static Optional<String> check(String what, Optional<Duration> taken, Duration bound) {
    if (taken.isEmpty()) {
      return Optional.of("it was not seen that " + what);
    }
    return taken
        .filter(duration -> duration.compareTo(bound) > 0)
        .map(duration ->
            String.format(
                Locale.ROOT,
                "%s only after %d ms; at most %d are allowed",
                what,
                duration.toMillis(),
                bound.toMillis()));
  }
}
