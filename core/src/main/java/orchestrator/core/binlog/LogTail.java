package orchestrator.core.binlog;

import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * Whether there is anything left in a relay log that can be applied. A master that dies in the
 * midst of a transaction leaves the beginning of it to its replicas: they have read more than they
 * will ever execute.
 */
public final class LogTail {
  /** One unfinished transaction may be large; then nothing is said. */
  private static final int MOST_EVENTS = 20_000;

  private static final int CHUNK = 2_000;

  /** The relay log goes on in the next file where the replica has reconnected. */
  private static final int MOST_FILES = 5;

  /** The answer. */
  public enum Rest {
    /** There is a transaction that is complete: it can be applied. */
    APPLICABLE,
    /** No transaction is complete. */
    NOTHING,
    UNKNOWN
  }

  private LogTail() {}

  /**
   * @param from where the replica reads in its relay log
   */
  public static Rest after(LogReader reader, InstanceKey replica, BinlogCoordinates from) {
    Transactions transactions = new Transactions();
    int left = MOST_EVENTS;
    Optional<BinlogCoordinates> file = Optional.of(from);
    for (int count = 0; count < MOST_FILES && file.isPresent(); count++) {
      BinlogCoordinates at = file.get();
      boolean first = true;
      List<LogEvent> events;
      do {
        try {
          events = reader.events(replica, at, CHUNK);
        } catch (LogUnreadableException e) {
          // There is no such file after the last one.
          return e.isAbsent() && count > 0 && first ? Rest.NOTHING : Rest.UNKNOWN;
        }
        for (LogEvent event : first ? events : events.subList(1, events.size())) {
          if (transactions.completes(event)) {
            return Rest.APPLICABLE;
          }
        }
        left -= events.size();
        at = events.isEmpty() ? at : events.getLast().at();
        first = false;
      } while (events.size() == CHUNK && left > 0);
      file = left > 0 ? file.get().nextFile() : Optional.empty();
    }
    return Rest.UNKNOWN;
  }
}
