package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * I14: a planned takeover loses nothing that was acknowledged, and makes nobody writable beside a
 * master that can be reached. At its end exactly one server takes writes: the new master, and then
 * the old one replicates or is accounted for; or the old one, if it failed. Where a server was
 * disturbed meanwhile, the other invariants judge.
 */
public final class OrderlyTakeovers implements Invariant {
  /** So long before it began servers must have been calm: I1 gives as much time. */
  private static final long CALM_MILLIS = 10_000;

  private final Map<String, Long> openedAt = new HashMap<>();
  private ReplicatedState state = ReplicatedState.EMPTY;

  @Override
  public String name() {
    return "I14 takeovers are orderly";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    return switch (fact) {
      case Fact.Committed entry -> {
        state = entry.after();
        noteOpened(entry);
        yield judgeEnds(entry, truth);
      }
      case Fact.Executed executed
          when executed.action() instanceof SetReadOnly set && !set.readOnly() ->
          takeover(executed.purpose())
              .filter(ticket -> !ticket.failed().equals(set.target()))
              .flatMap(ticket -> madeWritable(ticket, set.target(), truth));
      default -> Optional.empty();
    };
  }

  private void noteOpened(Fact.Committed entry) {
    for (Command command : entry.commands()) {
      if (command instanceof Command.OpenRecovery(RecoveryTicket ticket, var ignored)
          && ticket.origin().isTakeover()) {
        openedAt.putIfAbsent(ticket.uid(), entry.at());
      }
    }
  }

  private Optional<RecoveryTicket> takeover(String uid) {
    return Optional.ofNullable(state.recoveries().get(uid))
        .filter(ticket -> ticket.origin().isTakeover());
  }

  private boolean isCalm(RecoveryTicket ticket, InstanceKey server, Truth truth) {
    return truth.calmSince(server) <= openedAt.getOrDefault(ticket.uid(), 0L) - CALM_MILLIS;
  }

  private Optional<String> madeWritable(RecoveryTicket ticket, InstanceKey target, Truth truth) {
    InstanceKey old = ticket.failed();
    if (!isCalm(ticket, old, truth)) {
      return Optional.empty();
    }
    if (truth.isWritable(old)) {
      return Optional.of(target + " is made writable beside " + old);
    }
    Set<Integer> lost = new HashSet<>(truth.executed(old));
    lost.retainAll(truth.acknowledged());
    lost.removeAll(truth.executed(target));
    lost.removeIf(truth::isIndistinct);
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(target + " takes over from " + old + " without " + lost);
  }

  private Optional<String> judgeEnds(Fact.Committed entry, Truth truth) {
    for (Command.Journal journal : Commits.journals(entry)) {
      Optional<RecoveryTicket> ended =
          takeover(journal.recoveryUid())
              .filter(ticket ->
                  !Commits.entries(journal, JournalEntry.Closed.class).isEmpty()
                      && truth.servers().stream().allMatch(key -> isCalm(ticket, key, truth)));
      Optional<String> wrong = ended.flatMap(ticket -> ended(ticket, truth));
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  private Optional<String> ended(RecoveryTicket ticket, Truth truth) {
    InstanceKey old = ticket.failed();
    // Which a person may have replaced before the takeover has told everybody.
    InstanceKey wanted = ticket.promoted().map(state::inForce).orElse(old);
    List<InstanceKey> writable =
        truth.servers().stream()
            .filter(truth::isWritable)
            .filter(key -> !Commits.isReplica(key, truth))
            .toList();
    if (!writable.equals(List.of(wanted))) {
      return Optional.of(
          "after the takeover from %s these take writes: %s; %s"
              .formatted(old, writable, ticket.errors()));
    }
    boolean isAccounted =
        wanted.equals(old)
            || truth.sourceOf(old).equals(Optional.of(wanted))
            || !ticket.errors().isEmpty()
            || state.downtimes().containsKey(old);
    return isAccounted
        ? Optional.empty()
        : Optional.of(old + " does not replicate after the takeover, and nobody is told");
  }
}
