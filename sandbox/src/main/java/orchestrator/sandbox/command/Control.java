package orchestrator.sandbox.command;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;

/** Carries out a command's words on a running sandbox and says in text what came of it. */
final class Control {
  private final Sandbox sandbox;

  Control(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /**
   * @param words an action and its arguments, such as {@code kill A}
   * @throws SandboxException with a message for the person who asked
   */
  String perform(List<String> words) {
    String action = words.getFirst();
    List<String> arguments = words.subList(1, words.size());
    return switch (action) {
      case "status" -> status();
      case "sql" -> sql(arguments);
      default -> {
        List<SandboxServer> servers = arguments.stream().map(sandbox::server).toList();
        servers.forEach(server -> act(action, server));
        yield status();
      }
    };
  }

  private static void act(String action, SandboxServer server) {
    switch (action) {
      case "kill" -> server.kill();
      case "freeze" -> server.freeze();
      case "resume" -> server.resume();
      case "stop" -> server.stop();
      case "restart" -> server.restart();
      default -> throw new SandboxException("Unknown action " + action);
    }
  }

  String status() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "KIND", "ADDRESS", "STATE", "PID", "READ_ONLY", "REPLICATES FROM"));
    for (SandboxServer server : sandbox.servers()) {
      boolean running = server.state() == SandboxServer.State.RUNNING;
      rows.add(
          List.of(
              server.name(),
              server.kind().label(),
              server.address(),
              server.state().name().toLowerCase(Locale.ROOT),
              server.pid().map(pid -> Long.toString(pid)).orElse("-"),
              running ? readOnly(server) : "-",
              running ? replication(server) : "-"));
    }
    return table(rows);
  }

  private static String readOnly(SandboxServer server) {
    return server.value("SELECT IF(@@global.read_only, 'yes', 'no')").orElse("-");
  }

  private static String replication(SandboxServer server) {
    Map<String, String> status = server.replicaStatus();
    if (status.isEmpty()) {
      return "-";
    }
    return status.getOrDefault("Master_Host", "?")
        + ":"
        + status.getOrDefault("Master_Port", "?")
        + " IO "
        + status.getOrDefault("Slave_IO_Running", "?")
        + ", SQL "
        + status.getOrDefault("Slave_SQL_Running", "?");
  }

  private String sql(List<String> arguments) {
    SandboxServer server = sandbox.server(arguments.getFirst());
    Account account = Account.valueOf(arguments.get(1));
    try (Connection connection = server.connect(account);
        Statement statement = connection.createStatement()) {
      if (!statement.execute(arguments.get(2))) {
        return "OK, " + statement.getUpdateCount() + " rows changed\n";
      }
      try (ResultSet result = statement.getResultSet()) {
        return text(result);
      }
    } catch (SQLException e) {
      throw new SandboxException(server.name() + ": " + e.getMessage(), e);
    }
  }

  private static String text(ResultSet result) throws SQLException {
    int columns = result.getMetaData().getColumnCount();
    StringBuilder text = new StringBuilder();
    for (int column = 1; column <= columns; column++) {
      text.append(result.getMetaData().getColumnLabel(column))
          .append(column < columns ? '\t' : '\n');
    }
    while (result.next()) {
      for (int column = 1; column <= columns; column++) {
        String value = result.getString(column);
        text.append(value == null ? "NULL" : value).append(column < columns ? '\t' : '\n');
      }
    }
    return text.toString();
  }

  private static String table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        String cell = row.get(column);
        text.append(cell);
        if (column < columns - 1) {
          text.repeat(' ', width - cell.length() + 2);
        }
      }
      text.append('\n');
    }
    return text.toString();
  }
}
