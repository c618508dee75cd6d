package orchestrator.core.facts;

/** Steps of a recovery in words, for its protocol. */
public final class JournalText {
  private JournalText() {}

  public static String of(JournalEntry entry) {
    return switch (entry) {
      case JournalEntry.Noted noted -> noted.message();
      case JournalEntry.Resumed resumed ->
          "Resumed by %s in term %d".formatted(resumed.node(), resumed.term());
      case JournalEntry.HookStarted hook ->
          "Running %s: %s".formatted(name(hook.point(), hook.index()), hook.command());
      case JournalEntry.HookFinished hook -> ofFinished(hook);
      case JournalEntry.CandidateChosen choice ->
          "Chose %s to be promoted: %s".formatted(choice.candidate(), choice.reason());
      case JournalEntry.BaseTaken taken -> ofBase(taken.base());
      case JournalEntry.ExecutedTaken taken ->
          "%s has applied %s".formatted(taken.candidate(), taken.executed());
      case JournalEntry.PromotionIntended intent ->
          "About to promote %s".formatted(intent.candidate());
      case JournalEntry.PromotionAbandoned abandoned ->
          "Gave up promoting %s: %s".formatted(abandoned.candidate(), abandoned.proof());
      case JournalEntry.Promoted promotion ->
          "%s is promoted: read after the change, it is writable".formatted(promotion.candidate());
      case JournalEntry.Succeeded success ->
          "%s takes over from the failed server".formatted(success.successor());
      case JournalEntry.ReplicaSettled settled ->
          "Replica %s: %s"
              .formatted(settled.replica(), withReason(word(settled.fate()), settled.fate()));
      case JournalEntry.LossAssessed assessed -> ofLoss(assessed.loss());
      case JournalEntry.Published published ->
          "Announced %s as the master".formatted(published.master());
      case JournalEntry.Closed closed -> ofEnd(closed);
    };
  }

  /** A loss report in one sentence. */
  public static String ofLoss(LossReport loss) {
    if (loss.exact().isPresent()) {
      return loss.exact().get().isEmpty()
          ? "No transaction was lost: the old master was compared"
          : "Lost transactions, found by comparing the old master: " + loss.exact().get();
    }
    String since = loss.oldMasterSeen().map(at -> " after " + at).orElse("");
    if (loss.log().isPresent()) {
      return ofLog(loss.log().get(), since);
    }
    if (loss.knownMissing().isEmpty()) {
      return "Which transactions were lost is not known";
    }
    String known =
        loss.knownMissing().get().isEmpty()
            ? "No transaction is known to be lost"
            : "Transactions known to be missing: " + loss.knownMissing().get();
    String unapplied =
        loss.unapplied()
            .filter(set -> !set.isEmpty())
            .map(set -> "; fetched and not applied: " + set)
            .orElse("");
    String semiSync = loss.semiSync().map(JournalText::ofSemiSync).orElse("");
    return "%s; what was committed%s is not known%s%s".formatted(known, since, unapplied, semiSync);
  }

  private static String ofBase(PromotionBase base) {
    return "%s has applied the failed master's log up to %s%s"
        .formatted(
            base.candidate(),
            base.executed(),
            base.position()
                .map(at -> "; who has as much goes on from " + at + " of its own")
                .orElse("; it takes writes of its own, so nobody goes on from there"));
  }

  private static String ofLog(LossReport.LogLoss loss, String since) {
    String known =
        loss.isKnown()
            ? "known to be lost is what the old master logged between %s and %s"
                .formatted(loss.executed(), loss.seen().map(Object::toString).orElse(""))
            : loss.seen().isPresent()
                ? "nothing that was seen of its log is lost"
                : "it was never seen how far the old master had come";
    String unapplied =
        loss.executed().isBefore(loss.fetched())
            ? "; fetched up to " + loss.fetched() + " and not applied"
            : "";
    return "The old master's log was applied up to %s: %s; what was committed%s is not known%s"
        .formatted(loss.executed(), known, since, unapplied);
  }

  private static String ofSemiSync(LossReport.SemiSyncSeen seen) {
    return seen.inForce()
        ? "; it waited for %d of %d semi-synchronous replicas"
            .formatted(seen.waitedFor(), seen.clients())
        : "";
  }

  private static String name(HookPoint point, int index) {
    return RecoveryTicket.hookName(point, index);
  }

  private static String ofFinished(JournalEntry.HookFinished hook) {
    String outcome = hook.successful() ? "succeeded" : "failed";
    String output = hook.output().isBlank() ? "" : ": " + hook.output().strip();
    return "%s %s after %d ms%s"
        .formatted(name(hook.point(), hook.index()), outcome, hook.durationMillis(), output);
  }

  private static String word(ReplicaFate fate) {
    return switch (fate.kind()) {
      case PENDING -> "not settled yet";
      case PROMOTED -> "promoted";
      case MOVED -> "moved";
      case KEPT -> "not moved";
      case LOST -> "lost";
      case UNREACHABLE -> "unreachable";
    };
  }

  private static String withReason(String word, ReplicaFate fate) {
    return fate.reason().isBlank() ? word : word + ": " + fate.reason();
  }

  private static String ofEnd(JournalEntry.Closed closed) {
    String outcome = closed.successful() ? "Recovery succeeded" : "Recovery failed";
    return closed.errors().isEmpty()
        ? outcome
        : outcome + ": " + String.join("; ", closed.errors());
  }
}
