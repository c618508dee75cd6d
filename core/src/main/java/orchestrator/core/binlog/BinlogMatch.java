package orchestrator.core.binlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.binlog.LogCursor.Allowance;
import orchestrator.core.binlog.LogCursor.Scope;
import orchestrator.core.binlog.MatchResult.NotMatched;
import orchestrator.core.gtid.BinlogCoordinates;

/**
 * Finds where a server stands in the log of another: the last marker that it has logged is looked
 * for there, and from both places on what follows is compared, event by event.
 */
public final class BinlogMatch {
  /** Of all logs together. */
  private static final long MOST_EVENTS = 20_000_000;

  /** How far back the last marker of the server itself may be. */
  private static final int MOST_FILES = 10;

  private final LogReader reader;
  private final MatchQuestion question;
  private final PseudoGtid pseudoGtid;
  private final Allowance allowance;

  private BinlogMatch(LogReader reader, MatchQuestion question, long mostEvents) {
    this.reader = reader;
    this.question = question;
    this.pseudoGtid = question.pseudoGtid();
    this.allowance = new Allowance(mostEvents);
  }

  /** Reads, and compares, as long as the reader allows. */
  public static MatchResult of(LogReader reader, MatchQuestion question) {
    return of(reader, question, MOST_EVENTS);
  }

  static MatchResult of(LogReader reader, MatchQuestion question, long mostEvents) {
    try {
      return new BinlogMatch(reader, question, mostEvents).run();
    } catch (LogUnreadableException e) {
      return new NotMatched(e.reason());
    }
  }

  /** The last marker of the server, and how its log goes on from there. */
  private record Beginning(LogEvent marker, Scope scope) {}

  private MatchResult run() {
    Optional<Beginning> own = inOwnLog().or(this::inRelayLog);
    if (own.isEmpty()) {
      return new NotMatched("no Pseudo-GTID marker was found in the logs of " + question.replica());
    }
    Scope theirs = new Scope(reader.binaryLogs(question.source()), Optional.empty());
    Optional<LogEvent> found =
        new MarkerSearch(
                reader,
                question.source(),
                BinlogCoordinates.Type.BINARY,
                theirs,
                pseudoGtid,
                allowance)
            .find(own.get().marker());
    return found
        .map(marker ->
            new LogComparison(
                    question,
                    cursor(own.get().marker(), own.get().scope(), true),
                    cursor(marker, theirs, false))
                .run())
        .orElseGet(() ->
            new NotMatched(
                "%s does not have the last marker of %s: %s"
                    .formatted(question.source(), question.replica(), own.get().marker().info())));
  }

  private LogCursor cursor(LogEvent from, Scope scope, boolean ofReplica) {
    return new LogCursor(
        reader,
        ofReplica ? question.replica() : question.source(),
        from.at(),
        scope,
        pseudoGtid.chunkSize(),
        allowance);
  }

  private Optional<Beginning> inOwnLog() {
    return question
        .ownLog()
        .flatMap(end -> {
          List<String> files =
              reader.binaryLogs(question.replica()).stream()
                  .filter(file -> !end.isBefore(BinlogCoordinates.binary(file, 0)))
                  .toList();
          Scope scope =
              new Scope(
                  files.subList(Math.max(0, files.size() - MOST_FILES), files.size()),
                  Optional.of(end));
          return last(scope, end).map(marker -> new Beginning(marker, scope));
        });
  }

  /** No statement lists the files of a relay log. */
  private Optional<Beginning> inRelayLog() {
    return question
        .relayLog()
        .flatMap(end -> {
          List<String> files = new ArrayList<>();
          Optional<BinlogCoordinates> file = Optional.of(end);
          while (file.isPresent() && files.size() < MOST_FILES && exists(file.get())) {
            String name = file.get().logFile();
            files.addFirst(name);
            Optional<LogEvent> marker = last(new Scope(List.of(name), Optional.of(end)), end);
            if (marker.isPresent()) {
              return Optional.of(new Beginning(marker.get(), new Scope(files, Optional.of(end))));
            }
            file = file.get().previousFile();
          }
          return Optional.empty();
        });
  }

  private boolean exists(BinlogCoordinates file) {
    try {
      BinlogCoordinates start =
          new BinlogCoordinates(
              file.logFile(), BinlogCoordinates.FIRST_EVENT_POSITION, file.type());
      return !reader.events(question.replica(), start, 1).isEmpty();
    } catch (LogUnreadableException e) {
      if (e.isAbsent()) {
        return false;
      }
      throw e;
    }
  }

  private Optional<LogEvent> last(Scope scope, BinlogCoordinates end) {
    return new MarkerSearch(reader, question.replica(), end.type(), scope, pseudoGtid, allowance)
        .last();
  }
}
