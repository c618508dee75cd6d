package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings the schema up to date, one transaction per version. Published migrations never change;
 * versions are 1, 2, 3 … in the order of the list. Where the database commits each change of the
 * schema by itself, a migration that was cut off is done again: every statement must bear that.
 */
final class Migrations {
  private Migrations() {}

  /**
   * @param migrations statements as {@link Dialect#ddl} takes them
   * @throws BackendException when a newer version of the program has written the store
   */
  static void run(Connection connection, Dialect dialect, List<List<String>> migrations)
      throws SQLException {
    Sql.execute(
        connection,
        dialect.ddl(
            """
            CREATE TABLE IF NOT EXISTS ojr_schema (
              version {number} PRIMARY KEY,
              applied {moment} NOT NULL DEFAULT CURRENT_TIMESTAMP)
            """));
    int present = version(connection);
    if (present > migrations.size()) {
      throw new BackendException(
          "The store has schema version %d, this program knows up to %d: run the newer program, or restore a copy made before the upgrade"
              .formatted(present, migrations.size()));
    }
    for (int next = present + 1; next <= migrations.size(); next++) {
      apply(connection, dialect, next, migrations.get(next - 1));
    }
  }

  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT max(version) FROM ojr_schema")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  private static void apply(
      Connection connection, Dialect dialect, int version, List<String> statements)
      throws SQLException {
    Sql.transaction(
        connection,
        dialect,
        inside -> {
          for (String template : statements) {
            execute(inside, dialect, template);
          }
          try (PreparedStatement done =
              inside.prepareStatement("INSERT INTO ojr_schema (version) VALUES (?)")) {
            done.setInt(1, version);
            done.executeUpdate();
          }
        });
  }

  private static void execute(Connection connection, Dialect dialect, String template)
      throws SQLException {
    try {
      Sql.execute(connection, dialect.ddl(template));
    } catch (SQLException e) {
      if (!dialect.isAlreadyThere(e)) {
        throw e;
      }
    }
  }
}
