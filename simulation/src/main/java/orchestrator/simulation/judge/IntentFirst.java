package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;

/**
 * I2: no statement that promotes without an intent for that very server, committed or confirmed in
 * the term of the sender.
 */
public final class IntentFirst implements Invariant {
  private ReplicatedState state = ReplicatedState.EMPTY;
  private final Map<String, Long> termOf = new HashMap<>();

  @Override
  public String name() {
    return "I2 intent before promotion";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    return switch (fact) {
      case Fact.Committed entry -> {
        state = entry.after();
        for (Command.Journal journal : Commits.journals(entry)) {
          boolean binds =
              !Commits.entries(journal, JournalEntry.PromotionIntended.class).isEmpty()
                  || !Commits.entries(journal, JournalEntry.Resumed.class).isEmpty();
          if (binds) {
            termOf.put(journal.recoveryUid(), entry.position().term());
          }
        }
        yield Optional.empty();
      }
      case Fact.Sent sent when sent.action() instanceof SetReadOnly set && !set.readOnly() ->
          judge(sent, set);
      default -> Optional.empty();
    };
  }

  private Optional<String> judge(Fact.Sent sent, SetReadOnly set) {
    Optional<RecoveryTicket> ticket =
        Optional.ofNullable(state.recoveries().get(sent.purpose())).filter(RecoveryTicket::isOpen);
    if (ticket.flatMap(RecoveryTicket::intended).filter(set.target()::equals).isEmpty()) {
      return Optional.of(set.target() + " is made writable, and no intent for it is committed");
    }
    long term = termOf.getOrDefault(sent.purpose(), 0L);
    return term == sent.term()
        ? Optional.empty()
        : Optional.of(
            "n%d promotes %s in term %d, and the intent stands in term %d"
                .formatted(sent.node(), set.target(), sent.term(), term));
  }
}
