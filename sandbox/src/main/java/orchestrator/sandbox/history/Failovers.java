package orchestrator.sandbox.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A failure is failed over once: each failover replaces the master that the one before has made.
 */
public final class Failovers {
  private Failovers() {}

  /** A failover that promoted a server. */
  public record Failover(String id, String failed, String promoted) {}

  /**
   * @param first the master at the beginning
   * @param failovers of one cluster, in the order in which they began
   */
  public static List<String> violations(String first, List<Failover> failovers) {
    List<String> violations = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    String master = first;
    for (Failover failover : failovers) {
      if (!ids.add(failover.id())) {
        violations.add("Failover " + failover.id() + " is told twice");
      }
      if (!failover.failed().equals(master)) {
        violations.add(
            "Failover %s replaced %s by %s when %s was the master"
                .formatted(failover.id(), failover.failed(), failover.promoted(), master));
      }
      master = failover.promoted();
    }
    return violations;
  }
}
