package orchestrator.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orchestrator.core.binlog.LogEvent;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.binlog.LogUnreadableException;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** The binary logs of servers without GTIDs, in which each transaction is one event. */
final class SimLogs {
  private final World world;

  /** The text of each marker, by the number of its transaction. */
  private final Map<Integer, String> markers = new HashMap<>();

  SimLogs(World world) {
    this.world = world;
  }

  void mark(Transaction transaction, String statement) {
    markers.put(transaction.id(), statement);
  }

  /** As a manager reads them now. */
  LogReader readBy(Manager manager) {
    return new LogReader() {
      @Override
      public List<LogEvent> events(InstanceKey key, BinlogCoordinates from, int most) {
        if (from.type() == BinlogCoordinates.Type.RELAY) {
          throw new LogUnreadableException("relay logs are not simulated", true);
        }
        SimServer server = reached(key);
        LogFiles files = server.places.orElseThrow().files;
        return files.inFile(from.logFile()).stream()
            .filter(index -> files.startOf(index).logPos() >= from.logPos())
            .limit(most)
            .map(index -> event(server, files, index))
            .toList();
      }

      @Override
      public List<String> binaryLogs(InstanceKey key) {
        return reached(key).places.orElseThrow().files.names();
      }

      private SimServer reached(InstanceKey key) {
        SimServer server = world.server(key);
        boolean reached =
            server.isWell()
                && !server.refusing
                && world.network.isWhole(world.siteOf(manager.node), server.index);
        if (!reached || server.places.isEmpty()) {
          throw new LogUnreadableException(key + " does not answer");
        }
        return server;
      }
    };
  }

  private LogEvent event(SimServer server, LogFiles files, int index) {
    Transaction transaction = server.log.get(index);
    String text = markers.getOrDefault(transaction.id(), "insert " + transaction.id());
    return new LogEvent(
        files.startOf(index), "Query", transaction.origin() + 1L, files.endOf(index), text);
  }
}
