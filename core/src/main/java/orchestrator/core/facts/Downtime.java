package orchestrator.core.facts;

import java.time.Instant;
import orchestrator.core.topology.InstanceKey;

/**
 * A server that is not to raise alarms until {@code end}.
 *
 * @param owner who asked for it
 * @param reason why; {@link #LOST_IN_RECOVERY} marks servers that a recovery left behind
 */
public record Downtime(InstanceKey key, String owner, String reason, Instant begin, Instant end) {
  public static final String LOST_IN_RECOVERY = "lost-in-recovery";

  public boolean isActive(Instant now) {
    return now.isBefore(end);
  }

  public boolean isLostInRecovery() {
    return reason.equals(LOST_IN_RECOVERY);
  }

  /** The same, said of another server. */
  public Downtime withKey(InstanceKey other) {
    return new Downtime(other, owner, reason, begin, end);
  }
}
