package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;

/**
 * I4: at most one completed failover per failure, one open automatic one per cluster, and none
 * while an earlier one blocks it.
 */
public final class OneFailover implements Invariant {
  /** Servers that a failover has replaced, and that were not master since. */
  private final Set<InstanceKey> replaced = new HashSet<>();

  @Override
  public String name() {
    return "I4 one failover per failure";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    if (!(fact instanceof Fact.Committed entry)) {
      return Optional.empty();
    }
    Optional<String> twice = twiceReplaced(entry);
    if (twice.isPresent()) {
      return twice;
    }
    for (RecoveryTicket opened : Commits.opened(entry)) {
      for (RecoveryTicket earlier : entry.before().recoveries().values()) {
        boolean blocks =
            earlier.acknowledgement().isEmpty()
                && opened.started().isBefore(earlier.blockedUntil());
        if (isSameCluster(earlier, opened) && (earlier.ended().isEmpty() || blocks)) {
          return Optional.of(
              "recovery of "
                  + opened.failed()
                  + " was opened, and that of "
                  + earlier.failed()
                  + (earlier.isOpen() ? " is open" : " blocks it"));
        }
      }
    }
    return openTwice(entry);
  }

  /**
   * By alias, which a failover does not change; or by server: also one that was a replica of the
   * master, and may since have been made to look like a master by the recovery itself.
   */
  private static boolean isSameCluster(RecoveryTicket earlier, RecoveryTicket later) {
    return Commits.isFailover(earlier)
        && Commits.isFailover(later)
        && (earlier.clusterAlias().equals(later.clusterAlias())
            || earlier.failed().equals(later.failed())
            || earlier.fates().containsKey(later.failed())
            || earlier.promoted().filter(later.failed()::equals).isPresent());
  }

  private static Optional<String> openTwice(Fact.Committed entry) {
    Map<String, InstanceKey> open = new HashMap<>();
    for (RecoveryTicket ticket : entry.after().recoveries().values()) {
      if (ticket.isOpen() && ticket.origin().automatic() && Commits.isFailover(ticket)) {
        InstanceKey other = open.put(ticket.clusterAlias(), ticket.failed());
        if (other != null) {
          return Optional.of("two recoveries are open: of " + other + ", of " + ticket.failed());
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> twiceReplaced(Fact.Committed entry) {
    for (Command.Journal journal : Commits.journals(entry)) {
      // Whoever forces a failover may do so twice.
      RecoveryTicket ticket = entry.before().recoveries().get(journal.recoveryUid());
      for (JournalEntry.Promoted promoted : Commits.entries(journal, JournalEntry.Promoted.class)) {
        replaced.remove(promoted.candidate());
        boolean isForced =
            ticket != null && !ticket.origin().automatic() && !ticket.origin().isTakeover();
        if (ticket != null && !replaced.add(ticket.failed()) && !isForced) {
          return Optional.of(ticket.failed() + " was replaced twice");
        }
      }
    }
    return Optional.empty();
  }
}
