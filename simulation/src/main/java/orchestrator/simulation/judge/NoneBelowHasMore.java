package orchestrator.simulation.judge;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * I11: no replica below the new master has what the master lacks.
 *
 * <p>At the end two kinds of replicas are left out. One that its last recovery told to be lost or
 * unreachable may have been moved by a statement whose answer was lost too: people know that they
 * have to look at it. And one that is kept read-only may have taken a write in the moment between
 * its restart and the look that found it writable: that shows as errant. Nor does ever count what a
 * replica had when a recovery told it to be lost.
 */
public final class NoneBelowHasMore implements Invariant {
  private ReplicatedState state = ReplicatedState.EMPTY;
  private final Map<String, RecoveryTicket> tickets = new HashMap<>();
  private final Map<InstanceKey, Set<Integer>> hadWhenKept = new HashMap<>();
  private final Map<InstanceKey, Set<Integer>> hadWhenLost = new HashMap<>();

  @Override
  public String name() {
    return "I11 none below has more";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    return switch (fact) {
      case Fact.Committed entry -> {
        state = entry.after();
        tickets.putAll(state.recoveries());
        hadWhenKept.keySet().retainAll(state.keptReadOnly().keySet());
        state
            .keptReadOnly()
            .keySet()
            .forEach(key -> hadWhenKept.computeIfAbsent(key, truth::executed));
        noteLost(entry, truth);
        yield moved(entry, truth);
      }
      case Fact.Ended ignored -> atTheEnd(truth);
      default -> Optional.empty();
    };
  }

  private void noteLost(Fact.Committed entry, Truth truth) {
    for (Command.Journal journal : Commits.journals(entry)) {
      for (JournalEntry.ReplicaSettled settled :
          Commits.entries(journal, JournalEntry.ReplicaSettled.class)) {
        if (settled.fate().kind() == ReplicaFate.Kind.LOST) {
          hadWhenLost.put(settled.replica(), truth.executed(settled.replica()));
        }
      }
    }
  }

  private Optional<String> moved(Fact.Committed entry, Truth truth) {
    for (Command.Journal journal : Commits.journals(entry)) {
      RecoveryTicket ticket = entry.after().recoveries().get(journal.recoveryUid());
      for (JournalEntry.ReplicaSettled settled :
          Commits.entries(journal, JournalEntry.ReplicaSettled.class)) {
        // A sibling that took replicas of an intermediate master gets from the master what it
        // lacks.
        if (ticket != null
            && Commits.isFailover(ticket)
            && ticket.promoted().isPresent()
            && settled.fate().kind() == ReplicaFate.Kind.MOVED
            && !Commits.isApart(settled.replica(), state)) {
          // What it had of its own before, a planned takeover leaves as it is.
          Set<Integer> before =
              ticket.origin().isTakeover()
                  ? truth.executed(ticket.failed())
                  : truth.executed(settled.replica());
          Optional<String> more = more(settled.replica(), ticket.promoted().get(), before, truth);
          if (more.isPresent()) {
            return more;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> atTheEnd(Truth truth) {
    Optional<InstanceKey> master = Commits.published(state);
    return master.flatMap(key ->
        truth.servers().stream()
            .filter(
                replica -> !isQuarantined(replica) && !isToldLost(replica) && !isToldAhead(replica))
            .flatMap(replica -> more(replica, key, truth.executed(replica), truth).stream())
            .findFirst());
  }

  /**
   * A former co-master replicates by itself when it comes back, and goes along when its source is
   * replaced; what it has more is told.
   */
  private boolean isQuarantined(InstanceKey replica) {
    return Optional.ofNullable(state.demoted().get(replica))
        .filter(DemotedMaster::isQuarantined)
        .isPresent();
  }

  /** By the last recovery that had to do with it. */
  private boolean isToldLost(InstanceKey replica) {
    return tickets.values().stream()
        .filter(ticket -> ticket.fates().containsKey(replica))
        .max(Comparator.comparingLong(RecoveryTicket::id))
        .map(ticket -> ticket.fates().getOrDefault(replica, ReplicaFate.UNSETTLED).kind())
        .filter(kind -> kind == ReplicaFate.Kind.LOST || kind == ReplicaFate.Kind.UNREACHABLE)
        .isPresent();
  }

  /** Further down, by the last failover: it followed a replica that did not apply what it had. */
  private boolean isToldAhead(InstanceKey replica) {
    return tickets.values().stream()
        .filter(Commits::isFailover)
        .max(Comparator.comparingLong(RecoveryTicket::id))
        .filter(ticket ->
            ticket.errors().stream().anyMatch(error -> error.startsWith(replica + ", below ")))
        .isPresent();
  }

  private boolean isWrittenSinceKept(InstanceKey replica, int transaction, Truth truth) {
    Set<Integer> had = hadWhenKept.get(replica);
    return had != null && !had.contains(transaction) && truth.isOrigin(replica, transaction);
  }

  /**
   * @param counted of what the replica has, all that counts
   */
  private Optional<String> more(
      InstanceKey replica, InstanceKey master, Set<Integer> counted, Truth truth) {
    // What a server forgot in a crash is on its replicas, and nobody's fault.
    if (!truth.isReplicating(replica, master)
        || !truth.isWell(master)
        || truth.hasForgotten(replica)) {
      return Optional.empty();
    }
    Set<Integer> extra = new HashSet<>(truth.executed(replica));
    extra.retainAll(counted);
    extra.removeAll(truth.executed(master));
    extra.removeIf(transaction ->
        truth.isIndistinct(transaction)
            || hadWhenLost.getOrDefault(replica, Set.of()).contains(transaction)
            || isWrittenSinceKept(replica, transaction, truth));
    return extra.isEmpty()
        ? Optional.empty()
        : Optional.of(replica + " replicates from " + master + " and has more: " + extra);
  }
}
