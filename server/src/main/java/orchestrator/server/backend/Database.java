package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Where a store is. One process has it at a time: the one whose {@link #openForWriting} succeeded,
 * until {@link #close}.
 */
interface Database extends AutoCloseable {

  /** Reads with a connection. */
  @FunctionalInterface
  interface Reading<T> {
    T run(Connection connection) throws SQLException;
  }

  /** For messages: what it is, and where. */
  String description();

  Dialect dialect();

  /**
   * The one connection that writes, its schema up to date. Called again after the former one was
   * lost; fails then if another process has written meanwhile.
   *
   * @throws BackendException at the first call, when another process has the store, or a newer
   *     version of the program has written it
   */
  Connection openForWriting() throws SQLException;

  /** Reads while the writer writes. */
  <T> T read(Reading<T> reading) throws SQLException;

  /** Whether each commit is on the disk when it returns, or perhaps only some time later. */
  default void makeDurable(Connection connection, boolean wanted) throws SQLException {}

  /** Called now and then while there is nothing to write. */
  default void tidy(Connection connection) throws SQLException {}

  @Override
  void close();

  default BackendException unusable(SQLException e) {
    return new BackendException(
        "Cannot use %s: %s: %s".formatted(description(), e.getMessage(), dialect().advice(e)), e);
  }
}
