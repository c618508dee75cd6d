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
    step("ojr_audit", "at < ?", history);
    step("ojr_detection", "at < ? AND ended = 1", history);
    step(
        "ojr_recovery_step",
        "at < ? AND recovery_uid NOT IN (SELECT uid FROM ojr_recovery WHERE ended = 0)",
        history);
    step("ojr_recovery", "at < ? AND ended = 1", history);
    step("ojr_analysis_change", "at < ?", Times.micros(analysisBefore));
  }

  private void step(String table, String condition, long before) {
    writer.submitBulk(connection -> {
      if (deleteSome(connection, table, condition, before) == ROWS_PER_TRANSACTION) {
        step(table, condition, before);
      }
    });
  }

  private static int deleteSome(Connection connection, String table, String condition, long before)
      throws SQLException {
    String sql =
        "DELETE FROM %1$s WHERE rowid IN (SELECT rowid FROM %1$s WHERE %2$s LIMIT %3$d)"
            .formatted(table, condition, ROWS_PER_TRANSACTION);
    // One statement is a transaction of its own.
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setLong(1, before);
      return delete.executeUpdate();
    }
  }
}
