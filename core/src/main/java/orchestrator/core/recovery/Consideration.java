package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
  /** Of how many servers people are told at once. */
  private static final int TOLD = 5;

  public Consideration {
    reasons = List.copyOf(reasons);
  }

  /**
   * Why none of the servers is eligible, in words.
   *
   * @param wanted the only one that is of interest, if there is one
   */
  static String whyNot(List<Consideration> rejected, Optional<InstanceKey> wanted) {
    List<Consideration> told =
        rejected.stream().filter(c -> wanted.isEmpty() || wanted.get().equals(c.server())).toList();
    String reasons =
        told.stream()
            .limit(TOLD)
            .map(c -> c.server() + ": " + String.join(", ", c.reasons()))
            .collect(Collectors.joining("; "));
    if (told.isEmpty()) {
      return wanted.map(key -> key + " is none of them").orElse("there is none");
    }
    return told.size() > TOLD ? reasons + "; and so on" : reasons;
  }

  /** One line for the audit. */
  public String displayString() {
    return server
        + (eligible ? " can be promoted: " : " is rejected: ")
        + String.join("; ", reasons);
  }
}
