package orchestrator.core.binlog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** Logs of servers, written by a test event by event; each event takes 100 bytes. */
final class Logs implements LogReader {
  private static final int SIZE = 100;

  private final Map<String, Log> logs = new TreeMap<>();
  int reads;

  private static String name(InstanceKey server, BinlogCoordinates.Type type) {
    return server + "/" + type;
  }

  Log log(InstanceKey server, BinlogCoordinates.Type type) {
    return logs.computeIfAbsent(
        name(server, type), name -> new Log(server.hostname() + "-" + type, type));
  }

  @Override
  public List<LogEvent> events(InstanceKey server, BinlogCoordinates from, int most) {
    reads++;
    List<LogEvent> file = log(server, from.type()).files.get(from.logFile());
    if (file == null) {
      throw new LogUnreadableException("could not find target log " + from, true);
    }
    return file.stream().filter(e -> !e.at().isBefore(from)).limit(most).toList();
  }

  @Override
  public List<String> binaryLogs(InstanceKey server) {
    return List.copyOf(log(server, BinlogCoordinates.Type.BINARY).files.keySet());
  }

  /** One log that is being written. */
  static final class Log {
    private final String base;
    private final BinlogCoordinates.Type type;
    private final Map<String, List<LogEvent>> files = new LinkedHashMap<>();
    private int number;
    private long position;

    Log(String base, BinlogCoordinates.Type type) {
      this.base = base;
      this.type = type;
      file();
    }

    /** Goes on in a new file. */
    Log file() {
      number++;
      position = BinlogCoordinates.FIRST_EVENT_POSITION;
      files.put(current(), new ArrayList<>());
      return add("Format_desc", 99, "Server ver: 8.0").add("Previous_gtids", 99, "");
    }

    private String current() {
      return "%s.%06d".formatted(base, number);
    }

    /** Goes on in a new file that has no event at all. */
    Log emptyFile() {
      number++;
      position = BinlogCoordinates.FIRST_EVENT_POSITION;
      files.put(current(), new ArrayList<>());
      return this;
    }

    Log add(String kind, long serverId, String info) {
      BinlogCoordinates at = new BinlogCoordinates(current(), position, type);
      position += SIZE;
      List<LogEvent> file = files.getOrDefault(current(), new ArrayList<>());
      file.add(new LogEvent(at, kind, serverId, position, info));
      return this;
    }

    Log marker(int count) {
      return add("Anonymous_Gtid", 1, "SET @@SESSION.GTID_NEXT= 'ANONYMOUS'")
          .add("Query", 1, "drop view if exists `_pseudo_gtid_`.`_asc:%08x`".formatted(count));
    }

    /** A transaction that writes one row, in the log of a server with its own numbers. */
    Log row(String table, int own) {
      return add("Anonymous_Gtid", 1, "SET @@SESSION.GTID_NEXT= 'ANONYMOUS'")
          .add("Query", 1, "BEGIN")
          .add("Table_map", 1, "table_id: %d (%s)".formatted(own, table))
          .add("Write_rows", 1, "table_id: %d flags: STMT_END_F".formatted(own))
          .add("Xid", 1, "COMMIT /* xid=%d */".formatted(own));
    }

    Log statement(String text) {
      return add("Query", 1, "BEGIN").add("Query", 1, text).add("Xid", 1, "COMMIT /* xid=7 */");
    }

    BinlogCoordinates end() {
      return new BinlogCoordinates(current(), position, type);
    }
  }
}
