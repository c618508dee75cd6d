package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import orchestrator.core.binlog.LogEvent;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.binlog.LogUnreadableException;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** Reads the logs of servers, each chunk on a connection of its own, until the time is up. */
final class LogReading implements LogReader {
  /** {@code ER_ERROR_WHEN_EXECUTING_COMMAND}. */
  private static final int COMMAND_FAILED = 1220;

  private static final String NO_SUCH_FILE = "could not find target log";

  private final Function<InstanceKey, TopologyServer> servers;
  private final Deadline deadline;

  LogReading(Function<InstanceKey, TopologyServer> servers, Deadline deadline) {
    this.servers = servers;
    this.deadline = deadline;
  }

  @Override
  public List<LogEvent> events(InstanceKey server, BinlogCoordinates from, int most) {
    String log =
        switch (from.type()) {
          case BINARY -> "BINLOG";
          case RELAY -> "RELAYLOG";
        };
    Table table =
        query(
            server,
            "SHOW %s EVENTS IN %s FROM %d LIMIT %d"
                .formatted(log, ActionStatements.quote(from.logFile()), from.logPos(), most));
    List<LogEvent> events = new ArrayList<>(table.size());
    for (int row = 0; row < table.size(); row++) {
      events.add(
          new LogEvent(
              new BinlogCoordinates(from.logFile(), number(table, row, "pos"), from.type()),
              table.text(row, "event_type"),
              number(table, row, "server_id"),
              number(table, row, "end_log_pos"),
              table.text(row, "info")));
    }
    return events;
  }

  @Override
  public List<String> binaryLogs(InstanceKey server) {
    Table table = query(server, "SHOW BINARY LOGS");
    List<String> files = new ArrayList<>(table.size());
    for (int row = 0; row < table.size(); row++) {
      files.add(table.text(row, "log_name"));
    }
    return files;
  }

  private static long number(Table table, int row, String column) {
    return ProbePacket.parseLong(table.text(row, column));
  }

  private Table query(InstanceKey server, String statement) {
    if (deadline.isOver()) {
      throw new LogUnreadableException("there was no time left to read the log of " + server);
    }
    try {
      return servers.apply(server).query(List.of(statement), deadline).getFirst();
    } catch (SessionException e) {
      boolean absent =
          e.isAnswered()
              && e.errorCode() == COMMAND_FAILED
              && e.reason().toLowerCase(Locale.ROOT).contains(NO_SUCH_FILE);
      throw new LogUnreadableException(
          "%s: %s: %s".formatted(server, statement, e.reason()), absent);
    }
  }
}
