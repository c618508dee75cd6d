package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;

/**
 * What was thought of one replica as the new master.
 *
 * @param eligible whether it may be promoted at all
 * @param reasons why not; or what speaks for it, and why the one before it is better
 * @param feeder the sibling from which it first has to fetch what it lacks
 * @param unreachableTransactions how many transactions of servers that answered it could not get; 0
 *     for a server that loses nothing
 */
public record Consideration(
    InstanceKey server,
    boolean eligible,
    List<String> reasons,
    Optional<InstanceKey> feeder,
    long unreachableTransactions) {
  public Consideration {
    reasons = List.copyOf(reasons);
  }

  /** One line for the audit. */
  public String displayString() {
    return server
        + (eligible ? " can be promoted: " : " is rejected: ")
        + String.join("; ", reasons);
  }
}
