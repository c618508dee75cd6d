package orchestrator.server.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Connections and transactions. */
final class Sqlite {
  private Sqlite() {}

  /** A transaction whose COMMIT failed: perhaps it will be found after a restart. */
  static final class CommitException extends SQLException {
    CommitException(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
  }

  /** What a transaction does. */
  @FunctionalInterface
  interface Work {
    void run(Connection connection) throws SQLException;
  }

  static Connection openForWriting(Path path) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
    try {
      execute(connection, "PRAGMA busy_timeout=10000");
      if (isNew(path)) {
        // Before WAL, so that it is in the file itself from the first moment.
        execute(connection, "PRAGMA application_id=" + DataFile.APPLICATION_ID);
      }
      execute(connection, "PRAGMA journal_mode=WAL");
      execute(connection, "PRAGMA synchronous=FULL");
      // The writer checkpoints when it is idle; this is the bound for when it never is.
      execute(connection, "PRAGMA wal_autocheckpoint=8000");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static boolean isNew(Path path) throws SQLException {
    try {
      return !Files.exists(path) || Files.size(path) == 0;
    } catch (IOException e) {
      throw new SQLException("cannot read its size", e);
    }
  }

  static Connection openForReading(Path path) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
    execute(connection, "PRAGMA busy_timeout=5000");
    execute(connection, "PRAGMA query_only=ON");
    return connection;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Does all of the work or nothing.
   *
   * @throws CommitException when it is not known which
   */
  static void transaction(Connection connection, Work work) throws SQLException {
    execute(connection, "BEGIN IMMEDIATE");
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

  /** Whether the file itself is damaged, rather than the disk full or busy. */
  static boolean isCorrupt(SQLException e) {
    return primaryCode(e) == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primaryCode(e) == SQLiteErrorCode.SQLITE_NOTADB.code;
  }

  /** Whether the disk failed: what it says later cannot be trusted either. */
  static boolean isDiskFailure(SQLException e) {
    return primaryCode(e) == SQLiteErrorCode.SQLITE_IOERR.code || isCorrupt(e);
  }

  /** Whether the store works, but will never take what it was given. */
  static boolean refusesData(SQLException e) {
    return primaryCode(e) == SQLiteErrorCode.SQLITE_CONSTRAINT.code
        || primaryCode(e) == SQLiteErrorCode.SQLITE_TOOBIG.code
        || primaryCode(e) == SQLiteErrorCode.SQLITE_MISMATCH.code;
  }

  /** The lower eight bits; the upper ones tell details. */
  private static int primaryCode(SQLException e) {
    SQLException cause =
        e instanceof CommitException && e.getCause() instanceof SQLException inner ? inner : e;
    return cause instanceof SQLiteException sqlite
        ? sqlite.getResultCode().code & 0xff
        : cause.getErrorCode() & 0xff;
  }

  static BackendException unusable(Path path, SQLException e) {
    String advice =
        isCorrupt(e)
            ? "the file is damaged. Restore it from a copy; or move it away (with its -wal and -shm files) to start anew: servers are then discovered again, but downtimes, tags, aliases and open recoveries are lost"
            : "check the disk, its free space and the file's permissions";
    return new BackendException(
        "Cannot use the data file %s: %s: %s".formatted(path, e.getMessage(), advice), e);
  }
}
