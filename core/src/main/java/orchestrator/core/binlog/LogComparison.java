package orchestrator.core.binlog;

import java.util.Optional;
import orchestrator.core.binlog.MatchResult.Matched;
import orchestrator.core.binlog.MatchResult.NotMatched;
import orchestrator.core.gtid.BinlogCoordinates;

/** Reads two logs in step, each from the same marker on, until the first is at its end. */
final class LogComparison {
  private static final int LONGEST_TEXT = 200;

  private final MatchQuestion question;
  private final LogCursor replica;
  private final LogCursor source;

  /** Of the source's log. */
  private final Transactions transactions = new Transactions();

  private Optional<LogEvent> own;
  private Optional<LogEvent> theirs;
  private Optional<LogEvent> last = Optional.empty();

  /** An event of the replica that is to be ignored, after the last one that both have. */
  private Optional<LogEvent> passedOver = Optional.empty();

  private long matched;

  LogComparison(MatchQuestion question, LogCursor replica, LogCursor source) {
    this.question = question;
    this.replica = replica;
    this.source = source;
    this.own = relevant(replica);
    this.theirs = relevant(source);
  }

  MatchResult run() {
    while (own.isPresent()) {
      if (theirs.isEmpty()) {
        return new NotMatched(
            "%s has what %s lacks: %s"
                .formatted(question.replica(), question.source(), told(own.get())));
      }
      if (!advance(own.get(), theirs.get())) {
        return new NotMatched(
            "%s has %s where %s has %s"
                .formatted(
                    question.replica(), told(own.get()), question.source(), told(theirs.get())));
      }
    }
    return end();
  }

  /** Returns whether the logs may still be the same. */
  private boolean advance(LogEvent mine, LogEvent other) {
    if (EventText.isSame(mine, other)) {
      var _ = transactions.completes(other);
      last = Optional.of(other);
      passedOver = Optional.empty();
      matched++;
      own = relevant(replica);
      theirs = relevant(source);
      return true;
    }
    if (mayBeMissing(mine)) {
      passedOver = EventText.isRemark(mine) ? passedOver : Optional.of(mine);
      own = relevant(replica);
      return true;
    }
    if (mayBeMissing(other)) {
      theirs = relevant(source);
      return true;
    }
    return false;
  }

  private MatchResult end() {
    if (passedOver.isPresent()) {
      return new NotMatched(
          "it is not certain where %s stands, since its last event is one to be ignored"
                  .formatted(question.replica())
              + " (SkipBinlogEventsContaining): "
              + told(passedOver.get()));
    }
    if (last.isEmpty() || !transactions.isBetween()) {
      return new NotMatched("the log of " + question.replica() + " ends within a transaction");
    }
    LogEvent common = last.get();
    BinlogCoordinates place = BinlogCoordinates.binary(common.at().logFile(), common.end());
    return question.notAfter().filter(limit -> limit.isBefore(place)).isPresent()
        ? new NotMatched(
            "%s seems to stand at %s of %s, but has not come further than %s"
                .formatted(question.replica(), place, question.source(), question.notAfter().get()))
        : new Matched(place, matched);
  }

  private static Optional<LogEvent> relevant(LogCursor cursor) {
    Optional<LogEvent> event = cursor.next();
    while (event.filter(EventText::isControl).isPresent()) {
      event = cursor.next();
    }
    return event;
  }

  private boolean mayBeMissing(LogEvent event) {
    return EventText.isRemark(event) || question.pseudoGtid().isIgnored(event);
  }

  private static String told(LogEvent event) {
    String info = event.info();
    return "%s (%s of server %d at %s)"
        .formatted(
            info.length() > LONGEST_TEXT ? info.substring(0, LONGEST_TEXT) + "…" : info,
            event.type(),
            event.serverId(),
            event.at());
  }
}
