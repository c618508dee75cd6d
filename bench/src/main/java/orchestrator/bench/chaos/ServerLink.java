package orchestrator.bench.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;

/** A connection to a server that is made again when it was lost. Of one thread. */
final class ServerLink {
  private final SandboxServer server;
  private final Account account;
  private final int limitMillis;
  private Optional<Connection> connection = Optional.empty();

  /**
   * @param limitMillis of connecting, and of each answer
   */
  ServerLink(SandboxServer server, Account account, int limitMillis) {
    this.server = server;
    this.account = account;
    this.limitMillis = limitMillis;
  }

  SandboxServer server() {
    return server;
  }

  /** Whether it took writes when it was asked; empty when it did not answer. */
  Optional<Boolean> isWritable() {
    try (Statement statement = connected().createStatement();
        ResultSet row = statement.executeQuery("SELECT @@global.read_only")) {
      return row.next() ? Optional.of(!row.getBoolean(1)) : Optional.empty();
    } catch (SQLException e) {
      close();
      return Optional.empty();
    }
  }

  /**
   * @throws SQLException also when the server may have done it
   */
  void execute(String text) throws SQLException {
    try (Statement statement = connected().createStatement()) {
      statement.execute(text);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private Connection connected() throws SQLException {
    if (connection.isEmpty()) {
      String limits = "&connectTimeout=" + limitMillis + "&socketTimeout=" + limitMillis;
      connection =
          Optional.of(
              DriverManager.getConnection(
                  server.jdbcUrl() + limits, account.user(), account.password()));
    }
    return connection.get();
  }

  void close() {
    try {
      if (connection.isPresent()) {
        connection.get().close();
      }
    } catch (SQLException e) {
      return; // it is broken: that is why it is closed
    } finally {
      connection = Optional.empty();
    }
  }
}
