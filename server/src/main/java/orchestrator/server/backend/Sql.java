package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Plain statements. */
final class Sql {
  private Sql() {}

  /** What is done with a connection. */
  @FunctionalInterface
  interface Work {
    void run(Connection connection) throws SQLException;
  }

  /** A transaction whose COMMIT failed: perhaps it will be found later. */
  static final class CommitException extends SQLException {
    private static final long serialVersionUID = 1;

    CommitException(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What the database itself said. */
  static SQLException original(SQLException e) {
    return e instanceof CommitException && e.getCause() instanceof SQLException cause ? cause : e;
  }

  /**
   * Does all of the work or nothing.
   *
   * @throws CommitException when it is not known which
   */
  static void transaction(Connection connection, Dialect dialect, Work work) throws SQLException {
    execute(connection, dialect.begin());
    try {
      work.run(connection);
    } catch (SQLException | RuntimeException e) {
      rollBack(connection, e);
      throw e;
    }
    try {
      execute(connection, "COMMIT");
    } catch (SQLException e) {
      rollBack(connection, e);
      throw new CommitException(e);
    }
  }

  private static void rollBack(Connection connection, Exception reason) {
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself after some errors, and then says so.
      reason.addSuppressed(e);
    }
  }
}
