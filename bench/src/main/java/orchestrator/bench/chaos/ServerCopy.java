package orchestrator.bench.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;

/**
 * What a server of these runs holds besides its accounts: one table. (Binary logs alone would not
 * do: a server leaves out what comes from it itself.)
 *
 * @param position the transactions that the rows come of
 */
record ServerCopy(String position, List<Long> rows) {
  private static final String CREATE_DATABASE = "CREATE DATABASE app";
  private static final String CREATE_TABLE =
      "CREATE TABLE " + RowWriter.TABLE + " (id BIGINT PRIMARY KEY)";

  ServerCopy {
    rows = List.copyOf(rows);
  }

  /** Nothing but the table, which the master then has made itself. */
  static void makeEmpty(List<SandboxServer> servers, SandboxServer master) {
    servers.forEach(ServerCopy::erase);
    servers.stream()
        .filter(server -> server != master)
        .forEach(server -> server.replicateFrom(master));
    master.sql("SET GLOBAL read_only=0", CREATE_DATABASE, CREATE_TABLE);
  }

  /** Nothing can be committed there meanwhile. */
  static ServerCopy of(SandboxServer server) {
    String variable =
        server.kind().isMariaDb() ? "@@global.gtid_current_pos" : "@@global.gtid_executed";
    try (Connection connection = server.connect(Account.ADMIN);
        Statement statement = connection.createStatement()) {
      statement.execute("FLUSH TABLES WITH READ LOCK");
      String position = texts(statement, "SELECT " + variable).getFirst();
      List<Long> rows =
          texts(statement, "SELECT id FROM " + RowWriter.TABLE).stream()
              .map(Long::parseLong)
              .toList();
      statement.execute("UNLOCK TABLES");
      return new ServerCopy(position.replace("\n", ""), rows);
    } catch (SQLException e) {
      throw new SandboxException("Cannot copy " + server.name(), e);
    }
  }

  private static List<String> texts(Statement statement, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        texts.add(result.getString(1) + "");
      }
    }
    return texts;
  }

  /** Replaces everything that a server has. It then replicates from nobody. */
  void putOn(SandboxServer server) {
    erase(server);
    String variable = server.kind().isMariaDb() ? "gtid_slave_pos" : "gtid_purged";
    server.sql(
        "SET GLOBAL " + variable + "='" + position + "'",
        "SET SESSION sql_log_bin=0",
        CREATE_DATABASE,
        CREATE_TABLE,
        rows.isEmpty()
            ? "DO 0"
            : rows.stream()
                .map(id -> "(" + id + ")")
                .collect(
                    Collectors.joining(",", "INSERT INTO " + RowWriter.TABLE + " VALUES ", "")));
  }

  private static void erase(SandboxServer server) {
    server.sql(
        "STOP SLAVE",
        "RESET SLAVE ALL",
        "SET GLOBAL read_only=1",
        "DROP DATABASE IF EXISTS app",
        "RESET MASTER");
    if (server.kind().isMariaDb()) {
      server.sql("SET GLOBAL gtid_slave_pos=''");
    }
  }
}
