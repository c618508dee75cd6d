package orchestrator.core.facts;

import java.time.Instant;
import java.util.Optional;

/**
 * The brake that was pulled when a {@link RecoveryBudget} was used up. While it is on, nothing is
 * recovered automatically. Only a person releases it: if it ended with time, a manager that is
 * wrong about all servers would go on failing them over, a few at a time.
 *
 * @param reason for people: which recoveries used the budget up, and which server was held back
 * @param released by whom and when; what was recovered before that does not count any more
 */
public record RecoveryBrake(Instant pulled, String reason, Optional<Acknowledgement> released) {
  public boolean isOn() {
    return released.isEmpty();
  }

  public RecoveryBrake releasedBy(Acknowledgement person) {
    return new RecoveryBrake(pulled, reason, Optional.of(person));
  }
}
