package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import orchestrator.server.engine.ProbeResult;

/**
 * How soon a server is asked again: at the regular interval while it answers, later and later while
 * it does not. A little chance keeps servers that were found together from being asked together.
 */
final class Pace {
  private final DiscoverySettings settings;
  private final DoubleSupplier chance;
  private int failures;
  private boolean first = true;

  /**
   * @param chance numbers from 0 to below 1
   */
  Pace(DiscoverySettings settings, DoubleSupplier chance) {
    this.settings = settings;
    this.chance = chance;
  }

  /** How many of its turns have failed since it answered last. */
  synchronized int failures() {
    return failures;
  }

  /** It has answered somebody who asked out of turn, while its own turn was under way. */
  synchronized void answered() {
    failures = 0;
  }

  /**
   * Takes note of a turn, and tells how long after its start the next one begins.
   *
   * @param poked whether somebody had asked for it. Those who doubt a server ask many times in a
   *     row: that must not put off the moment at which its return is noticed.
   */
  synchronized Duration after(ProbeResult result, boolean poked) {
    if (result instanceof ProbeResult.Failed) {
      failures = poked ? Math.max(1, failures) : failures + 1;
    } else {
      failures = 0;
    }
    Duration interval = failures > 0 ? settings.deadInterval(failures) : settings.pollInterval();
    double share = first ? 0.2 + 0.8 * chance.getAsDouble() : 0.98 + 0.04 * chance.getAsDouble();
    first = false;
    return Duration.ofNanos((long) (interval.toNanos() * share));
  }
}
