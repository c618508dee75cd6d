package orchestrator.core.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * When a server was asked, and when it answered.
 *
 * @param lastChecked when the latest completed probe ended, well or not
 * @param lastAttempted when the latest probe began to take long, or ended
 * @param lastSeen when the latest successful probe ended; empty when there was none yet
 * @param lastCheckPartialSuccess whether the latest probe got at least the main variables
 * @param latency how long the latest successful probe took
 * @param parts when each part of a probe last succeeded
 */
public record Freshness(
    Optional<Instant> lastChecked,
    Optional<Instant> lastAttempted,
    Optional<Instant> lastSeen,
    boolean lastCheckPartialSuccess,
    Duration latency,
    Map<ProbePart, Instant> parts) {

  /** Of a server that is known by name only. */
  public static final Freshness NEVER =
      new Freshness(
          Optional.empty(), Optional.empty(), Optional.empty(), false, Duration.ZERO, Map.of());

  public Freshness {
    parts = Map.copyOf(parts);
  }

  /** Freshness after a probe that succeeded at {@code now}. */
  public static Freshness seen(Instant now, Duration latency, Map<ProbePart, Instant> parts) {
    Optional<Instant> at = Optional.of(now);
    return new Freshness(at, at, at, true, latency, parts);
  }

  /** Freshness after a probe that failed at {@code now}. */
  public Freshness failed(Instant now, boolean partialSuccess) {
    return new Freshness(
        Optional.of(now), Optional.of(now), lastSeen, partialSuccess, latency, parts);
  }

  /** Freshness while a probe is still waiting for an answer at {@code now}. */
  public Freshness attempting(Instant now) {
    return new Freshness(
        lastChecked, Optional.of(now), lastSeen, lastCheckPartialSuccess, latency, parts);
  }

  /** Whether the latest completed probe succeeded. */
  public boolean isLastCheckValid() {
    return lastSeen.isPresent()
        && lastChecked.isPresent()
        && !lastChecked.get().isAfter(lastSeen.get());
  }

  /** Whether a successful probe began at {@code moment} or later: what it read was so after it. */
  public boolean isReadSince(Instant moment) {
    return lastSeen.isPresent() && !lastSeen.get().minus(latency).isBefore(moment);
  }

  /** Whether the latest completed probe ended at most {@code limit} before {@code now}. */
  public boolean isCheckedWithin(Duration limit, Instant now) {
    return lastChecked.isPresent()
        && Duration.between(lastChecked.get(), now).compareTo(limit) <= 0;
  }
}
