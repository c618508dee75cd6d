package orchestrator.server.engine;

import java.util.List;
import orchestrator.core.binlog.LogEvent;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.binlog.LogUnreadableException;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** Logs of servers that show none. */
public final class UnreadableLogs implements LogReader {
  @Override
  public List<LogEvent> events(InstanceKey server, BinlogCoordinates from, int most) {
    throw new LogUnreadableException(server + " shows no logs");
  }

  @Override
  public List<String> binaryLogs(InstanceKey server) {
    throw new LogUnreadableException(server + " shows no logs");
  }
}
