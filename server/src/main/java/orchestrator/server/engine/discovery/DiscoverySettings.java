package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.util.function.Predicate;
import orchestrator.core.topology.InstanceKey;

/**
 * How servers are polled.
 *
 * @param pollInterval from the start of one probe of a server to the start of the next
 * @param probeDeadline the longest a probe may take, connecting included
 * @param maxConcurrency regular probes at a time
 * @param deadConcurrency probes of unreachable servers at a time
 * @param deadFactor the interval of an unreachable server grows by this with each failure; at least
 *     1
 * @param deadIntervalMax but not beyond this
 * @param forgetAfter servers not seen for this long are forgotten
 * @param ignored servers that are never polled
 * @param ignoredReplicas replicas that are not followed from their source, and members of a group
 *     that are not followed from each other
 * @param ignoredMasters sources that are not followed from their replicas
 * @param logging what is logged beyond the usual
 */
public record DiscoverySettings(
    Duration pollInterval,
    Duration probeDeadline,
    int maxConcurrency,
    int deadConcurrency,
    double deadFactor,
    Duration deadIntervalMax,
    Duration forgetAfter,
    Predicate<InstanceKey> ignored,
    Predicate<InstanceKey> ignoredReplicas,
    Predicate<InstanceKey> ignoredMasters,
    Logging logging) {

  /**
   * What is logged beyond the usual.
   *
   * @param unreachable each further attempt at a server that does not answer
   * @param filtered servers that are left out since they replicate as a filtered user
   */
  public record Logging(boolean unreachable, boolean filtered) {}

  /**
   * How long after its {@code failures}-th failure in a row an unreachable server is asked again.
   */
  public Duration deadInterval(int failures) {
    double factor = Math.pow(deadFactor, Math.max(0, failures - 1));
    double millis = Math.min(pollInterval.toMillis() * factor, (double) deadIntervalMax.toMillis());
    return Duration.ofMillis(Math.max((long) millis, pollInterval.toMillis()));
  }

  /** How long a forgotten server is not taken up again. */
  public Duration forgottenFor() {
    return pollInterval.multipliedBy(3);
  }
}
