package orchestrator.core.binlog;

import java.util.List;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * The logs of servers. Every call is bounded in time; both throw {@link LogUnreadableException}.
 */
public interface LogReader {
  /**
   * Events of one file, in its order, from a position on at which an event begins.
   *
   * @param from the file, the position, and by its type which log of the server is meant
   * @param most at most so many; fewer only at the end of the file, none when there are none
   */
  List<LogEvent> events(InstanceKey server, BinlogCoordinates from, int most);

  /** The names of the files of a server's binary log, oldest first. */
  List<String> binaryLogs(InstanceKey server);
}
