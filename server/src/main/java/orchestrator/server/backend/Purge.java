package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;

/** Deletes what is old, a few hundred rows at a time, so that nobody waits for it. */
final class Purge {
  private static final int ROWS_PER_TRANSACTION = 500;

  private final Writer writer;

  Purge(Writer writer) {
    this.writer = writer;
  }

  void run(Instant historyBefore, Instant analysisBefore) {
    long history = Times.micros(historyBefore);
    step("ojr_audit", "id", "at < ?", history);
    step("ojr_detection_history", "uid", "at < ? AND ended = 1", history);
    step(
        "ojr_recovery_step",
        "id",
        "at < ? AND recovery_uid NOT IN (SELECT uid FROM ojr_recovery_history WHERE ended = 0)",
        history);
    step("ojr_recovery_history", "uid", "at < ? AND ended = 1", history);
    step("ojr_analysis_change", "id", "at < ?", Times.micros(analysisBefore));
  }

  private void step(String table, String key, String condition, long before) {
    // The inner query has a name, for MySQL neither limits nor reads the table otherwise.
    String sql =
        "DELETE FROM %1$s WHERE %2$s IN (SELECT %2$s FROM (SELECT %2$s FROM %1$s WHERE %3$s LIMIT %4$d) AS old)"
            .formatted(table, key, condition, ROWS_PER_TRANSACTION);
    writer.submitBulk(session ->
        session.run(connection -> {
          if (delete(connection, sql, before) == ROWS_PER_TRANSACTION) {
            step(table, key, condition, before);
          }
        }));
  }

  private static int delete(Connection connection, String sql, long before) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setLong(1, before);
      return delete.executeUpdate();
    }
  }
}
