package orchestrator.core.binlog;

import static orchestrator.core.gtid.BinlogCoordinates.FIRST_EVENT_POSITION;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * Reads a log forward, chunk by chunk, from one file into the next.
 *
 * <p>The next chunk begins with the last event of the one before, which is left out: in a relay log
 * an event does not tell where the next one begins.
 */
final class LogCursor {
  private final LogReader reader;
  private final InstanceKey server;
  private final Scope scope;
  private final int chunkSize;
  private final Allowance allowance;
  private final Deque<LogEvent> read = new ArrayDeque<>();
  private BinlogCoordinates next;
  private boolean skipFirst;
  private boolean over;

  /**
   * Which part of a log is read.
   *
   * @param files in their order
   * @param end nothing that begins here or later is read; empty to read up to the end
   */
  record Scope(List<String> files, Optional<BinlogCoordinates> end) {
    Scope {
      files = List.copyOf(files);
    }

    boolean isBeyond(BinlogCoordinates place) {
      return end.filter(limit -> !place.isBefore(limit)).isPresent();
    }

    Optional<String> fileAfter(String file) {
      int index = files.indexOf(file);
      return index >= 0 && index + 1 < files.size()
          ? Optional.of(files.get(index + 1))
          : Optional.empty();
    }
  }

  /** How many events may be read altogether. */
  static final class Allowance {
    private long left;

    Allowance(long events) {
      this.left = events;
    }

    private void take(int events) {
      left -= events;
      if (left < 0) {
        throw new LogUnreadableException("too many events would have to be read");
      }
    }
  }

  LogCursor(
      LogReader reader,
      InstanceKey server,
      BinlogCoordinates from,
      Scope scope,
      int chunkSize,
      Allowance allowance) {
    this.reader = reader;
    this.server = server;
    this.next = from;
    this.scope = scope;
    this.chunkSize = chunkSize;
    this.allowance = allowance;
  }

  /** The next event; empty at the end of the log. */
  Optional<LogEvent> next() {
    while (read.isEmpty() && !over) {
      fill();
    }
    return Optional.ofNullable(read.poll());
  }

  private void fill() {
    int most = skipFirst ? chunkSize + 1 : chunkSize;
    List<LogEvent> events = reader.events(server, next, most);
    allowance.take(Math.max(1, events.size()));
    int first = skipFirst && !events.isEmpty() ? 1 : 0;
    for (LogEvent event : events.subList(first, events.size())) {
      if (scope.isBeyond(event.at())) {
        over = true;
        return;
      }
      read.add(event);
    }
    if (events.size() >= most) {
      next = events.getLast().at();
      skipFirst = true;
      return;
    }
    scope
        .fileAfter(next.logFile())
        .ifPresentOrElse(
            file -> {
              next = new BinlogCoordinates(file, FIRST_EVENT_POSITION, next.type());
              skipFirst = false;
            },
            () -> over = true);
  }
}
