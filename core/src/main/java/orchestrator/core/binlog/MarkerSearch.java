package orchestrator.core.binlog;

import java.util.List;
import java.util.Optional;
import orchestrator.core.binlog.LogCursor.Allowance;
import orchestrator.core.binlog.LogCursor.Scope;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** Looks for markers in one log, the newest file first. */
final class MarkerSearch {
  private final LogReader reader;
  private final InstanceKey server;
  private final BinlogCoordinates.Type type;
  private final Scope scope;
  private final PseudoGtid pseudoGtid;
  private final Allowance allowance;

  /**
   * @param scope all files that may be looked at
   */
  MarkerSearch(
      LogReader reader,
      InstanceKey server,
      BinlogCoordinates.Type type,
      Scope scope,
      PseudoGtid pseudoGtid,
      Allowance allowance) {
    this.reader = reader;
    this.server = server;
    this.type = type;
    this.scope = scope;
    this.pseudoGtid = pseudoGtid;
    this.allowance = allowance;
  }

  /**
   * The last marker of the log.
   *
   * @throws LogUnreadableException also when another marker near it has the same text
   */
  Optional<LogEvent> last() {
    for (String file : scope.files().reversed()) {
      Optional<LogEvent> found = lastIn(file);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<LogEvent> lastIn(String file) {
    LogCursor cursor = over(file);
    Optional<LogEvent> last = Optional.empty();
    for (Optional<LogEvent> event = cursor.next(); event.isPresent(); event = cursor.next()) {
      if (pseudoGtid.isMarker(event.get())) {
        if (last.isPresent() && isSameMarker(last.get(), event.get())) {
          throw new LogUnreadableException(
              "markers of " + server + " are not unique: " + event.get().info());
        }
        last = event;
      }
    }
    return last;
  }

  /** The place of this marker in the log. */
  Optional<LogEvent> find(LogEvent marker) {
    for (String file : scope.files().reversed()) {
      Optional<LogEvent> found = findIn(file, marker);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<LogEvent> findIn(String file, LogEvent marker) {
    LogCursor cursor = over(file);
    boolean isFirst = true;
    for (Optional<LogEvent> event = cursor.next(); event.isPresent(); event = cursor.next()) {
      if (pseudoGtid.isMarker(event.get())) {
        if (isSameMarker(event.get(), marker)) {
          return event;
        }
        if (isFirst && pseudoGtid.isLater(event.get().info(), marker.info())) {
          return Optional.empty(); // so are all that follow
        }
        isFirst = false;
      }
    }
    return Optional.empty();
  }

  private static boolean isSameMarker(LogEvent left, LogEvent right) {
    return EventText.text(left).equals(EventText.text(right));
  }

  /** One file alone. */
  private LogCursor over(String file) {
    return new LogCursor(
        reader,
        server,
        new BinlogCoordinates(file, BinlogCoordinates.FIRST_EVENT_POSITION, type),
        new Scope(List.of(file), scope.end()),
        pseudoGtid.chunkSize(),
        allowance);
  }
}
