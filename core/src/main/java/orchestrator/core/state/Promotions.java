package orchestrator.core.state;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * The servers that recoveries made masters, as far as no later one replaced them. A manager that
 * has not read such a server since knows it as the replica that it was.
 *
 * @param ended when the recovery of each ended
 */
public record Promotions(Map<InstanceKey, Instant> ended) {
  public static final Promotions NONE = new Promotions(Map.of());

  public Promotions {
    ended = Map.copyOf(ended);
  }

  public static Promotions of(Collection<RecoveryTicket> recoveries) {
    List<RecoveryTicket> inOrder =
        recoveries.stream()
            .filter(ticket -> ticket.ended().isPresent() && ticket.promoted().isPresent())
            .sorted(Comparator.comparing(ticket -> ticket.ended().orElseThrow()))
            .toList();
    Map<InstanceKey, Instant> ended = new HashMap<>();
    for (RecoveryTicket ticket : inOrder) {
      ended.remove(ticket.failed());
      // Where no server was to be made writable, the promoted one replicates.
      ticket
          .promoted()
          .filter(promoted -> ticket.intended().equals(Optional.of(promoted)))
          .ifPresent(promoted -> ended.put(promoted, ticket.ended().orElseThrow()));
    }
    return new Promotions(ended);
  }

  /** Whether the server was promoted after it was read, and does not replicate as it says. */
  public boolean outdate(Instance read) {
    return read.claimedSource().isPresent()
        && Optional.ofNullable(ended.get(read.key()))
            .filter(at -> !read.freshness().isReadSince(at))
            .isPresent();
  }
}
