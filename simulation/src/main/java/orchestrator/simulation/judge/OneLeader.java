package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * I13: at most one manager may act at a time; a server that may have been made writable is never
 * forgotten.
 */
public final class OneLeader implements Invariant {
  /** By whom a manager says that it acknowledged something. */
  private static final String MANAGERS = "orchestrator";

  /** By recovery: the server that was sent a statement that makes it writable. */
  private final Map<String, InstanceKey> perhapsWritable = new HashMap<>();

  @Override
  public String name() {
    return "I13 one leader, nothing forgotten";
  }

  @Override
  public boolean looks() {
    return true;
  }

  @Override
  public boolean isMomentary() {
    return true;
  }

  @Override
  public Optional<String> look(Truth truth) {
    return truth.acting().size() > 1
        ? Optional.of("these may act at the same time: " + truth.acting())
        : Optional.empty();
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Sent sent when sent.action() instanceof SetReadOnly set && !set.readOnly() ->
          perhapsWritable.put(sent.purpose(), set.target());
      case Fact.Committed entry -> {
        Commits.journals(entry).forEach(journal -> settle(journal, entry.after()));
        return forgotten(entry);
      }
      default -> {}
    }
    return Optional.empty();
  }

  /**
   * A takeover that is undone makes the old master writable, which everybody takes it for. A server
   * that a later recovery promotes is the master; one that is replaced is watched from then on.
   */
  private void settle(Command.Journal journal, ReplicatedState state) {
    Optional<RecoveryTicket> ticket =
        Optional.ofNullable(state.recoveries().get(journal.recoveryUid()));
    boolean isMasterAsBefore =
        ticket.filter(t -> t.intended().equals(Optional.of(t.failed()))).isPresent();
    for (JournalEntry entry : journal.entries()) {
      if (entry instanceof JournalEntry.PromotionAbandoned
          || (entry instanceof JournalEntry.Closed && isMasterAsBefore)) {
        perhapsWritable.remove(journal.recoveryUid());
      }
      if (entry instanceof JournalEntry.Promoted promoted) {
        perhapsWritable.remove(journal.recoveryUid());
        perhapsWritable.values().removeIf(promoted.candidate()::equals);
        ticket.ifPresent(t -> perhapsWritable.values().removeIf(t.failed()::equals));
      }
    }
  }

  /** It ended without a proof, told so, and a person has seen that: no manager, for itself. */
  private static boolean isInAPersonsHands(RecoveryTicket ticket) {
    return !ticket.isOpen()
        && ticket.acknowledgement().filter(seen -> !seen.by().equals(MANAGERS)).isPresent()
        && !ticket.errors().isEmpty();
  }

  private Optional<String> forgotten(Fact.Committed entry) {
    perhapsWritable
        .keySet()
        .removeIf(uid ->
            Optional.ofNullable(entry.before().recoveries().get(uid))
                .filter(OneLeader::isInAPersonsHands)
                .isPresent());
    for (Map.Entry<String, InstanceKey> open : perhapsWritable.entrySet()) {
      Optional<RecoveryTicket> ticket =
          Optional.ofNullable(entry.after().recoveries().get(open.getKey()));
      if (ticket.flatMap(RecoveryTicket::intended).filter(open.getValue()::equals).isEmpty()) {
        return Optional.of(
            open.getValue() + " may have been made writable, and that was forgotten");
      }
    }
    return Optional.empty();
  }
}
