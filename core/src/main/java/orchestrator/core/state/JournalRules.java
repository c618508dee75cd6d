package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.with;
import static orchestrator.core.state.StateDraft.without;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.CommandResult.Done;
import orchestrator.core.state.CommandResult.Refused;
import orchestrator.core.topology.InstanceKey;

/**
 * The steps of a recovery. Guards the rule that nothing may bend: while one server may be writable,
 * no other is chosen.
 */
final class JournalRules {
  private JournalRules() {}

  static CommandResult journal(StateDraft draft, Command.Journal command) {
    Optional<RecoveryTicket> found =
        Optional.ofNullable(draft.recoveries.get(command.recoveryUid()));
    if (found.isEmpty()) {
      return unknown(command.recoveryUid());
    }
    RecoveryTicket ticket = found.get();
    if (command.term() != 0 && command.term() != draft.position().term()) {
      return new Refused(
          "Recovery %s: who led in term %d leads in it no more, this is term %d"
              .formatted(ticket.uid(), command.term(), draft.position().term()));
    }
    if (isRepeatedEnd(ticket, command)) {
      return new Done(ticket.id());
    }
    for (JournalEntry entry : command.entries()) {
      Optional<Refused> refusal = refusalOf(ticket, entry);
      if (refusal.isPresent()) {
        return refusal.get();
      }
      ticket = ticket.with(entry, command.at());
      releaseIfPromoted(draft, ticket, entry);
    }
    draft.recoveries = with(draft.recoveries, ticket.uid(), ticket);
    return new Done(ticket.id());
  }

  static CommandResult reviseLoss(StateDraft draft, Command.ReviseLoss command) {
    Optional<RecoveryTicket> found =
        Optional.ofNullable(draft.recoveries.get(command.recoveryUid()));
    if (found.isEmpty()) {
      return unknown(command.recoveryUid());
    }
    RecoveryTicket ticket = found.get();
    JournalEntry assessed = new JournalEntry.LossAssessed(command.loss());
    RecoveryTicket revised = ticket.with(assessed, ticket.started());
    draft.recoveries = with(draft.recoveries, ticket.uid(), revised);
    return new Done(ticket.id());
  }

  /** The answer to the first submission was lost, and it was sent again. */
  private static boolean isRepeatedEnd(RecoveryTicket ticket, Command.Journal command) {
    List<JournalEntry> entries = command.entries();
    return ticket.ended().filter(command.at()::equals).isPresent()
        && entries.stream().anyMatch(JournalEntry.Closed.class::isInstance);
  }

  private static Optional<Refused> refusalOf(RecoveryTicket ticket, JournalEntry entry) {
    if (!ticket.isOpen() && changesTicket(entry)) {
      return Optional.of(
          new Refused(
              "Recovery %s of %s was closed at %s"
                  .formatted(
                      ticket.uid(), ticket.failed(), ticket.ended().orElse(ticket.started()))));
    }
    return ticket
        .intended()
        .filter(intended -> choosesOther(entry, intended))
        .map(intended -> mayBeWritable(ticket, intended))
        .or(() -> promotedUnintended(ticket, entry))
        .or(() -> basedAnew(ticket, entry));
  }

  private static boolean changesTicket(JournalEntry entry) {
    return switch (entry) {
      case JournalEntry.Noted ignored -> false;
      case JournalEntry.HookFinished ignored -> false;
      case JournalEntry.Resumed ignored -> true;
      case JournalEntry.HookStarted ignored -> true;
      case JournalEntry.CandidateChosen ignored -> true;
      case JournalEntry.BaseTaken ignored -> true;
      case JournalEntry.ExecutedTaken ignored -> true;
      case JournalEntry.PromotionIntended ignored -> true;
      case JournalEntry.PromotionAbandoned ignored -> true;
      case JournalEntry.Promoted ignored -> true;
      case JournalEntry.Succeeded ignored -> true;
      case JournalEntry.ReplicaSettled ignored -> true;
      case JournalEntry.LossAssessed ignored -> true;
      case JournalEntry.Published ignored -> true;
      case JournalEntry.Closed ignored -> true;
    };
  }

  private static boolean choosesOther(JournalEntry entry, InstanceKey intended) {
    return candidateOf(entry).filter(candidate -> !candidate.equals(intended)).isPresent();
  }

  /** The server that an entry is about, if it is about the one to be promoted. */
  private static Optional<InstanceKey> candidateOf(JournalEntry entry) {
    return switch (entry) {
      case JournalEntry.CandidateChosen chosen -> Optional.of(chosen.candidate());
      case JournalEntry.BaseTaken taken -> Optional.of(taken.base().candidate());
      case JournalEntry.ExecutedTaken taken -> Optional.of(taken.candidate());
      case JournalEntry.PromotionIntended intended -> Optional.of(intended.candidate());
      case JournalEntry.PromotionAbandoned abandoned -> Optional.of(abandoned.candidate());
      case JournalEntry.Promoted promoted -> Optional.of(promoted.candidate());
      case JournalEntry.Noted ignored -> Optional.empty();
      case JournalEntry.Resumed ignored -> Optional.empty();
      case JournalEntry.HookStarted ignored -> Optional.empty();
      case JournalEntry.HookFinished ignored -> Optional.empty();
      case JournalEntry.Succeeded succeeded -> Optional.of(succeeded.successor());
      case JournalEntry.ReplicaSettled ignored -> Optional.empty();
      case JournalEntry.LossAssessed ignored -> Optional.empty();
      case JournalEntry.Published ignored -> Optional.empty();
      case JournalEntry.Closed ignored -> Optional.empty();
    };
  }

  private static Refused mayBeWritable(RecoveryTicket ticket, InstanceKey intended) {
    return new Refused(
        "Recovery %s may have made %s writable: no other server until it is abandoned with proof"
            .formatted(ticket.uid(), intended));
  }

  private static Optional<Refused> promotedUnintended(RecoveryTicket ticket, JournalEntry entry) {
    return entry instanceof JournalEntry.Promoted promoted && ticket.intended().isEmpty()
        ? Optional.of(
            new Refused(
                "Recovery %s cannot have promoted %s: the intent was never committed"
                    .formatted(ticket.uid(), promoted.candidate())))
        : Optional.empty();
  }

  /** Clients may have written since: who went on from a later place would lack that. */
  private static Optional<Refused> basedAnew(RecoveryTicket ticket, JournalEntry entry) {
    return entry instanceof JournalEntry.BaseTaken taken
            && ticket.intended().isPresent()
            && !ticket.base().equals(Optional.of(taken.base()))
        ? Optional.of(
            new Refused(
                "Recovery %s has recorded where %s stood, once and for all"
                    .formatted(ticket.uid(), taken.base().candidate())))
        : Optional.empty();
  }

  /**
   * A former master that is to be master again must not be set read-only any more. But one that is
   * merely found read-only is not made master by that.
   */
  private static void releaseIfPromoted(
      StateDraft draft, RecoveryTicket ticket, JournalEntry entry) {
    if (entry instanceof JournalEntry.PromotionIntended intended
        && ticket.kind() != RecoveryKind.NON_WRITEABLE_MASTER) {
      draft.demoted = without(draft.demoted, intended.candidate());
      draft.keptReadOnly = without(draft.keptReadOnly, intended.candidate());
    }
  }

  private static Refused unknown(String uid) {
    return new Refused("No recovery with uid '" + uid + "' is open or recent");
  }
}
