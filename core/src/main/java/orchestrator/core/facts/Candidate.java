package orchestrator.core.facts;

import java.time.Instant;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/**
 * A promotion rule that was registered for a server, until {@code expires}.
 *
 * @param suggested when it was registered or last renewed
 */
public record Candidate(InstanceKey key, PromotionRule rule, Instant suggested, Instant expires) {
  public boolean isActive(Instant now) {
    return now.isBefore(expires);
  }

  /** The same, said of another server. */
  public Candidate withKey(InstanceKey other) {
    return new Candidate(other, rule, suggested, expires);
  }
}
