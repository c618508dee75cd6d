package orchestrator.core.facts;

import java.time.Duration;

/**
 * How many servers may be recovered from by the managers themselves within a time. Whoever fails
 * beyond that is left to a person: so many failures at once are more likely one failure of
 * something else, such as a network or the managers.
 *
 * @param servers 1 or more
 * @param period positive
 */
public record RecoveryBudget(int servers, Duration period) {
  public RecoveryBudget {
    if (servers < 1 || !period.isPositive()) {
      throw new IllegalArgumentException(
          "A budget needs 1 server or more, and time, got %d in %s".formatted(servers, period));
    }
  }
}
