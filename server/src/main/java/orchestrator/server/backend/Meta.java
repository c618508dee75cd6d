package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Single numbers that are kept by name. */
final class Meta {
  static final String TERM = "term";

  /** A number that each process chooses for itself. */
  static final String OWNER = "owner";

  static final String APPLIED_PREFIX = "applied:";
  private static final String PROBE = "probe";

  private Meta() {}

  static long get(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM ojr_meta WHERE name = ?")) {
      select.setString(1, name);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  static void put(Connection connection, String name, long value) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement("REPLACE INTO ojr_meta (name, value) VALUES (?, ?)")) {
      upsert.setString(1, name);
      upsert.setLong(2, value);
      upsert.executeUpdate();
    }
  }

  /** Writes something, to see whether writing works (again). */
  static void probe(Session session) throws SQLException {
    session.transaction(inside -> put(inside, PROBE, get(inside, PROBE) + 1));
  }
}
