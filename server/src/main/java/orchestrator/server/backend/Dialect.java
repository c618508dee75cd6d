package orchestrator.server.backend;

import java.sql.SQLException;

/** What differs between the databases that a store can be in. All else is SQL that both know. */
interface Dialect {

  /** Begins a transaction that writes. */
  String begin();

  /**
   * A statement of {@link Schema} as this database wants it.
   *
   * @param template with the names of types in braces
   */
  String ddl(String template);

  /** Whether a statement of a migration says that it was done before. */
  boolean isAlreadyThere(SQLException e);

  /** Whether the connection is of no use any more. */
  boolean isLost(SQLException e);

  /** Whether the store works, but will never take what it was given. */
  boolean refusesData(SQLException e);

  /** Whether nothing that the store says later can be trusted, until a restart. */
  boolean endsTrust(SQLException e);

  /** What to do when the store cannot be used, for people. */
  String advice(SQLException e);
}
