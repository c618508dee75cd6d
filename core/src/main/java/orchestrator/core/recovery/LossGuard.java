package orchestrator.core.recovery;

import java.util.Comparator;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Whether an automatic failover may go on although it is known to lose transactions. Asked once the
 * candidate has all that can be rescued, and before anything is done that cannot be undone.
 */
public final class LossGuard {
  private LossGuard() {}

  /**
   * What a person has accepted to lose: the known loss of the last failover of this server that
   * ended without a promotion and was acknowledged after that, when it could be seen. What replicas
   * that got no other source have is another matter.
   */
  public static Optional<GtidDifference> acceptedFor(InstanceKey failed, ReplicatedState state) {
    return state.recoveries().values().stream()
        .filter(ticket -> ticket.failed().equals(failed) && !ticket.isOpen())
        .filter(ticket -> ticket.kind().brake() == Brake.FAILOVER)
        .filter(ticket -> ticket.promoted().isEmpty() && wasSeen(ticket))
        .filter(ticket -> ticket.loss().knownMissing().isPresent())
        .max(Comparator.comparingLong(RecoveryTicket::id))
        .flatMap(ticket -> ticket.loss().knownMissing());
  }

  private static boolean wasSeen(RecoveryTicket ticket) {
    return ticket
        .acknowledgement()
        .filter(seen -> !seen.isImplied())
        .filter(seen -> ticket.ended().filter(ended -> !seen.at().isBefore(ended)).isPresent())
        .isPresent();
  }

  private static LossReport expectedWith(Turn t, Instance candidate) {
    Instance failed = t.s.circumstances.failedServer();
    LossReport report =
        Halting.baseOf(t, candidate)
            .map(base ->
                LossAssessment.byPosition(
                    failed,
                    base,
                    t.measure().fetched(candidate, t.failed()),
                    candidate.gtid().executed()))
            .orElseGet(() ->
                LossAssessment.of(failed, candidate.gtid().executed(), Optional.of(candidate)));
    return LeftWithOthers.addedTo(report, t, candidate);
  }

  /** Empty when nothing is known to be lost. */
  private static Optional<String> knownOf(LossReport expected) {
    return expected
        .knownMissing()
        .filter(missing -> !missing.isEmpty())
        .map(Object::toString)
        .or(() ->
            expected
                .log()
                .filter(LossReport.LogLoss::isKnown)
                .map(log ->
                    "what it logged between %s and %s"
                        .formatted(log.executed(), log.seen().map(Object::toString).orElse(""))));
  }

  /** Why the candidate is not promoted; empty when it may be. The expected loss is recorded. */
  static Optional<String> refusal(Turn t, Instance candidate) {
    LossReport expected = expectedWith(t, candidate);
    Optional<String> lost = knownOf(expected);
    if (lost.isEmpty()) {
      return Optional.empty();
    }
    FailureCase failure = t.s.circumstances.failure();
    SafetyPolicy safety = t.policy().safety();
    SafetyPolicy.Durability durability =
        safety.durability().of(failure.clusterName(), failure.clusterAlias());
    String known =
        "With %s promoted, transactions that %s or a server below it was seen to have are lost: %s"
            .formatted(candidate.key(), t.failed(), lost.get());
    boolean overridden =
        !t.s.ticket.origin().automatic()
            || expected.knownMissing().filter(safety::isAccepted).isPresent();
    Optional<String> refusal =
        switch (durability) {
          case ALLOW_LOSS -> Optional.empty();
          case REFUSE_LOSS ->
              Optional.of(
                  known
                      + ". RefuseLossClusterFilters forbid that: nothing was promoted. Bring the old"
                      + " master back, or recover by hand to lose them");
          case ASK ->
              Optional.of(
                  known
                      + ". AskBeforeLossClusterFilters leave that to a person: nothing was promoted."
                      + " Bring the old master back; or acknowledge this recovery"
                      + " (ack-recovery/uid/"
                      + t.s.ticket.uid()
                      + ") so that the next one goes on, or recover by hand, to lose them");
        };
    if (refusal.isPresent() && overridden) {
      t.note(known + ": a person has accepted that");
      return Optional.empty();
    }
    if (refusal.isPresent()) {
      t.record(new JournalEntry.LossAssessed(expected));
    }
    return refusal;
  }
}
