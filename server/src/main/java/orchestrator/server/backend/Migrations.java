package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings the schema up to date, one transaction per version. Published migrations never change;
 * versions are 1, 2, 3 … in the order of the list.
 */
final class Migrations {
  private Migrations() {}

  /**
   * @throws BackendException when a newer version of the program has written the file
   */
  static void run(Connection connection, List<List<String>> migrations) throws SQLException {
    Sqlite.execute(
        connection,
        """
        CREATE TABLE IF NOT EXISTS ojr_schema (
          version INTEGER PRIMARY KEY,
          applied TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)
        """);
    int present = version(connection);
    if (present > migrations.size()) {
      throw new BackendException(
          "The data file has schema version %d, this program knows up to %d: run the newer program, or restore a copy made before the upgrade"
              .formatted(present, migrations.size()));
    }
    for (int next = present + 1; next <= migrations.size(); next++) {
      apply(connection, next, migrations.get(next - 1));
    }
  }

  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT max(version) FROM ojr_schema")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  private static void apply(Connection connection, int version, List<String> statements)
      throws SQLException {
    Sqlite.transaction(
        connection,
        inside -> {
          for (String sql : statements) {
            Sqlite.execute(inside, sql);
          }
          try (PreparedStatement done =
              inside.prepareStatement("INSERT INTO ojr_schema (version) VALUES (?)")) {
            done.setInt(1, version);
            done.executeUpdate();
          }
        });
  }
}
