package orchestrator.core.facts;

import java.time.Instant;
import orchestrator.core.topology.InstanceKey;

/** A server that is being worked on by {@code owner}: left out of the analysis until it ends. */
public record Maintenance(
    InstanceKey key, String owner, String reason, Instant begin, Instant end) {
  public boolean isActive(Instant now) {
    return now.isBefore(end);
  }

  /** The same, said of another server. */
  public Maintenance withKey(InstanceKey other) {
    return new Maintenance(other, owner, reason, begin, end);
  }
}
