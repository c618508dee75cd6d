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
 * The servers that recoveries made masters, as far as no later one replaced them, and those that
 * they replaced, as far as no later one promoted them. A manager that has not read such a server
 * since knows it as the replica, or as the master, that it was.
 *
 * @param ended when the recovery that promoted each ended
 * @param replaced when the recovery that replaced each ended
 */
public record Promotions(Map<InstanceKey, Instant> ended, Map<InstanceKey, Instant> replaced) {
  public static final Promotions NONE = new Promotions(Map.of(), Map.of());

  public Promotions {
    ended = Map.copyOf(ended);
    replaced = Map.copyOf(replaced);
  }

  public static Promotions of(Collection<RecoveryTicket> recoveries) {
    List<RecoveryTicket> inOrder =
        recoveries.stream()
            .filter(ticket -> ticket.ended().isPresent() && ticket.promoted().isPresent())
            .sorted(Comparator.comparing(ticket -> ticket.ended().orElseThrow()))
            .toList();
    Map<InstanceKey, Instant> ended = new HashMap<>();
    Map<InstanceKey, Instant> replaced = new HashMap<>();
    for (RecoveryTicket ticket : inOrder) {
      Instant at = ticket.ended().orElseThrow();
      ended.remove(ticket.failed());
      // Where no server was to be made writable, the promoted one replicates.
      ticket
          .promoted()
          .filter(promoted -> ticket.intended().equals(Optional.of(promoted)))
          .ifPresent(promoted -> {
            replaced.put(ticket.failed(), at);
            ended.put(promoted, at);
            replaced.remove(promoted);
          });
    }
    return new Promotions(ended, replaced);
  }

  /** Whether the server was promoted after it was read, and does not replicate as it says. */
  public boolean outdate(Instance read) {
    return read.claimedSource().isPresent()
        && Optional.ofNullable(ended.get(read.key()))
            .filter(at -> !read.freshness().isReadSince(at))
            .isPresent();
  }

  /** Whether the server was replaced as a master after it was read. */
  public boolean supersede(Instance read) {
    return Optional.ofNullable(replaced.get(read.key()))
        .filter(at -> !read.freshness().isReadSince(at))
        .isPresent();
  }
}
