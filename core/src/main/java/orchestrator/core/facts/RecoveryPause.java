package orchestrator.core.facts;

import java.time.Instant;

/**
 * No automatic recovery in a cluster until {@code end}: for work on it.
 *
 * @param clusterName the name that it has now
 * @param clusterAlias the alias that it had when the pause began, empty for none: a cluster whose
 *     master was replaced by hand has another name, and mostly the same alias
 * @param owner who asked for it
 */
public record RecoveryPause(
    String clusterName,
    String clusterAlias,
    String owner,
    String reason,
    Instant begin,
    Instant end) {

  public boolean isActive(Instant now) {
    return now.isBefore(end);
  }

  /** The same, of a cluster that got another name. */
  public RecoveryPause withClusterName(String name) {
    return new RecoveryPause(name, clusterAlias, owner, reason, begin, end);
  }
}
