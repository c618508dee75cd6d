package orchestrator.core.state;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * What failovers that promoted nobody may have left half done: one may let a replica of the failed
 * master fetch from one below it, and the two look like co-masters since.
 *
 * @param last the last failover that had to do with each server
 */
public record FailedFailovers(Map<InstanceKey, Failover> last) {
  public FailedFailovers {
    last = Map.copyOf(last);
  }

  /**
   * A failover, as far as it matters here.
   *
   * @param id of its ticket
   * @param uid of its ticket
   * @param failed the master that it was to replace
   * @param promotedNobody true also while it has not promoted anybody yet
   */
  public record Failover(long id, String uid, InstanceKey failed, boolean promotedNobody) {}

  public static FailedFailovers of(Collection<RecoveryTicket> recoveries) {
    List<RecoveryTicket> inOrder =
        recoveries.stream()
            .filter(ticket -> ticket.kind().brake() == Brake.FAILOVER)
            .sorted(Comparator.comparingLong(RecoveryTicket::id))
            .toList();
    Map<InstanceKey, Failover> last = new HashMap<>();
    for (RecoveryTicket ticket : inOrder) {
      Failover failover =
          new Failover(ticket.id(), ticket.uid(), ticket.failed(), ticket.promoted().isEmpty());
      last.put(ticket.failed(), failover);
      ticket.fates().keySet().forEach(replica -> last.put(replica, failover));
    }
    return new FailedFailovers(last);
  }

  /**
   * The failover that left these two in a ring in which nobody takes writes, if they are in one:
   * the last that had to do with either promoted nobody, and was about another server.
   */
  public Optional<Failover> leftInRing(Instance one, Instance other) {
    boolean isIdle = one.readOnly() && other.readOnly();
    return isIdle && fetches(one, other) && fetches(other, one)
        ? lastOf(one.key(), other.key())
        : Optional.empty();
  }

  private static boolean fetches(Instance replica, Instance source) {
    return replica.claimedSource().map(InstanceKey::reattached).equals(Optional.of(source.key()));
  }

  private Optional<Failover> lastOf(InstanceKey one, InstanceKey other) {
    List<InstanceKey> ring = List.of(one, other);
    return ring.stream()
        .filter(last::containsKey)
        .map(last::get)
        .max(Comparator.comparingLong(Failover::id))
        .filter(failover -> failover.promotedNobody() && !ring.contains(failover.failed()));
  }
}
