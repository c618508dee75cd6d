package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The writing thread's connection. One that is lost is replaced when something is to be written; a
 * database that cannot be reached is asked again a second later, and until then says no at once.
 */
final class Session implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private record Refusal(SQLException reason, long nanos) {}

  private final Database database;
  private volatile Optional<Connection> connection;
  private Optional<Refusal> refused = Optional.empty();
  private volatile boolean closed;
  private boolean wanted = true;
  private boolean durable = true;
  private volatile long lastSuccessNanos = System.nanoTime();

  Session(Database database, Connection connection) {
    this.database = database;
    this.connection = Optional.of(connection);
  }

  /** When something was last done, on the monotonic clock. */
  long lastSuccessNanos() {
    return lastSuccessNanos;
  }

  Dialect dialect() {
    return database.dialect();
  }

  /**
   * Does all of the work or nothing.
   *
   * @throws Sql.CommitException when it is not known which
   */
  void transaction(Sql.Work work) throws SQLException {
    run(inside -> Sql.transaction(inside, database.dialect(), work));
  }

  /** Each statement is a transaction of its own. */
  void run(Sql.Work work) throws SQLException {
    call(inside -> {
      work.run(inside);
      return true;
    });
  }

  <T> T call(Database.Reading<T> work) throws SQLException {
    Connection current = current();
    try {
      if (durable != wanted) {
        database.makeDurable(current, wanted);
        durable = wanted;
      }
      T result = work.run(current);
      lastSuccessNanos = System.nanoTime();
      return result;
    } catch (SQLException e) {
      dropIfLost(current, e);
      throw e;
    }
  }

  /**
   * Whether commits from now on are to be on the disk when they return. Takes effect with the next
   * statement, so that a failure is that of the statement.
   */
  void prefer(boolean durably) {
    wanted = durably;
  }

  private Connection current() throws SQLException {
    if (connection.isPresent() && !closed) {
      return connection.get();
    }
    if (closed) {
      throw new SQLException("closed");
    }
    if (refused.isPresent() && System.nanoTime() - refused.get().nanos() < PAUSE.toNanos()) {
      SQLException reason = refused.get().reason();
      throw new SQLException(
          reason.getMessage(), reason.getSQLState(), reason.getErrorCode(), reason);
    }
    try {
      Connection opened = database.openForWriting();
      connection = Optional.of(opened);
      refused = Optional.empty();
      durable = true;
      return opened;
    } catch (SQLException e) {
      refused = Optional.of(new Refusal(e, System.nanoTime()));
      throw e;
    }
  }

  private void dropIfLost(Connection current, SQLException e) {
    if (database.dialect().isLost(e)) {
      connection = Optional.empty();
      try {
        current.close();
      } catch (SQLException closing) {
        e.addSuppressed(closing);
      }
    }
  }

  /** From any thread: ends a statement that hangs, and refuses all later ones. */
  void abort() {
    closed = true;
    try {
      if (connection.isPresent()) {
        connection.get().abort(Runnable::run);
      }
    } catch (SQLException e) {
      throw new BackendException("Cannot end the connection to " + database.description(), e);
    }
  }

  @Override
  public void close() throws SQLException {
    if (connection.isPresent()) {
      connection.get().close();
    }
  }
}
