package orchestrator.simulation.judge;

import java.time.Instant;
import java.util.Optional;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/**
 * I9: downtimes, pauses, the global switch and promotion rules that stand in the log are obeyed.
 * Asks nothing of core's own rules: they are what is tried here.
 */
public final class PeopleAreObeyed implements Invariant {
  @Override
  public String name() {
    return "I9 people are obeyed";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    if (!(fact instanceof Fact.Committed entry)) {
      return Optional.empty();
    }
    for (RecoveryTicket ticket : Commits.opened(entry)) {
      if (!entry.before().recoveriesEnabled()) {
        return Optional.of("recovery of " + ticket.failed() + ", and recoveries are switched off");
      }
      Optional<Downtime> downtime =
          Optional.ofNullable(entry.before().downtimes().get(ticket.failed()));
      if (downtime.filter(d -> ticket.started().isBefore(d.end())).isPresent()) {
        return Optional.of("recovery of " + ticket.failed() + ", which is in downtime");
      }
      if (isPaused(entry, ticket)) {
        return Optional.of("recovery of " + ticket.failed() + ", whose cluster is paused");
      }
    }
    return promotedAgainstRule(entry);
  }

  private static boolean isPaused(Fact.Committed entry, RecoveryTicket ticket) {
    return entry.before().pauses().values().stream()
        .filter(pause -> ticket.started().isBefore(pause.end()))
        .anyMatch(pause -> pause.clusterAlias().equals(ticket.clusterAlias()));
  }

  private static Optional<String> promotedAgainstRule(Fact.Committed entry) {
    for (Command.Journal journal : Commits.journals(entry)) {
      RecoveryTicket ticket = entry.before().recoveries().get(journal.recoveryUid());
      for (JournalEntry.PromotionIntended intent :
          Commits.entries(journal, JournalEntry.PromotionIntended.class)) {
        // A recovery that is undone, or has found a master alive, gives it back what it was.
        if (ticket != null
            && !intent.candidate().equals(ticket.failed())
            && isBanned(entry, intent.candidate(), ticket.started(), journal.at())) {
          return Optional.of(intent.candidate() + " is to be promoted, and must not be");
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Registered before the recovery began: that is when its circumstances were read. Who takes it up
   * reads them again, and the rule may have run out meanwhile.
   */
  private static boolean isBanned(
      Fact.Committed entry, InstanceKey key, Instant began, Instant decided) {
    return Optional.ofNullable(entry.before().candidates().get(key))
        .filter(candidate -> candidate.rule() == PromotionRule.MUST_NOT)
        .filter(candidate -> decided.isBefore(candidate.expires()))
        .map(Candidate::suggested)
        .filter(began.minusSeconds(15)::isAfter)
        .isPresent();
  }
}
