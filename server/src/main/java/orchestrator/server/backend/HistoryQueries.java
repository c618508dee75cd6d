package orchestrator.server.backend;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.codec.StateCodec;
import orchestrator.server.engine.History;

/** What is read from the store. */
final class HistoryQueries {
  private final Readers readers;
  private final StateCodec codec;

  HistoryQueries(Readers readers, StateCodec codec) {
    this.readers = readers;
    this.codec = codec;
  }

  List<RecoveryTicket> recoveries(History.Selection selection) {
    Condition condition = condition(selection);
    if (selection.unacknowledgedOnly()) {
      condition.add("acknowledged = 0");
    }
    return readers.query(
        "SELECT body FROM ojr_recovery_history"
            + condition.where()
            + page("at DESC, id DESC", selection.page()),
        condition.arguments(),
        row -> codec.recovery().decode(row.getBytes(1)));
  }

  List<History.DetectionEntry> detections(History.Selection selection) {
    Condition condition = condition(selection);
    return readers.query(
        """
        SELECT body, (SELECT coalesce(max(r.id), 0) FROM ojr_recovery_history r
            WHERE r.detection_id = d.id AND r.at >= d.at)
          FROM ojr_detection_history d
        """
            + condition.where()
            + page("at DESC, id DESC", selection.page()),
        condition.arguments(),
        row ->
            new History.DetectionEntry(codec.detection().decode(row.getBytes(1)), row.getLong(2)));
  }

  List<History.RecoveryStep> steps(String recoveryUid) {
    return readers.query(
        "SELECT id, recovery_uid, at, message FROM ojr_recovery_step WHERE recovery_uid = ? ORDER BY id",
        List.of(recoveryUid),
        row ->
            new History.RecoveryStep(
                row.getLong(1),
                row.getString(2),
                Times.ofMicros(row.getLong(3)),
                row.getString(4)));
  }

  List<History.AuditEntry> audit(Optional<InstanceKey> key, int page) {
    Condition condition = new Condition();
    key.ifPresent(wanted -> about(condition, wanted));
    return readers.query(
        "SELECT id, at, type, hostname, port, message FROM ojr_audit"
            + condition.where()
            + page("id DESC", page),
        condition.arguments(),
        HistoryQueries::auditEntry);
  }

  List<History.AnalysisChange> analysisChanges() {
    return readers.query(
        "SELECT hostname, port, at, analysis FROM ojr_analysis_change ORDER BY hostname, port, at, id",
        List.of(),
        row ->
            new History.AnalysisChange(
                key(row, 1), Times.ofMicros(row.getLong(3)), row.getString(4)));
  }

  List<Instance> instances() {
    return readers.query(
        "SELECT body FROM ojr_instance ORDER BY hostname, port",
        List.of(),
        row -> codec.instance().decode(row.getBytes(1)));
  }

  private static History.AuditEntry auditEntry(ResultSet row) throws SQLException {
    InstanceKey key = key(row, 4);
    return new History.AuditEntry(
        row.getLong(1),
        Times.ofMicros(row.getLong(2)),
        row.getString(3),
        key.equals(InstanceKey.NONE) ? Optional.empty() : Optional.of(key),
        row.getString(6));
  }

  private static InstanceKey key(ResultSet row, int column) throws SQLException {
    return new InstanceKey(row.getString(column), row.getInt(column + 1));
  }

  private static void about(Condition condition, InstanceKey key) {
    condition.add("hostname = ? AND port = ?", key.hostname(), key.port());
  }

  private static Condition condition(History.Selection selection) {
    Condition condition = new Condition();
    selection.id().ifPresent(id -> condition.add("id = ?", id));
    selection.uid().ifPresent(uid -> condition.add("uid = ?", uid));
    selection.failed().ifPresent(key -> about(condition, key));
    selection.clusterName().ifPresent(name -> condition.add("cluster_name = ?", name));
    selection.clusterAlias().ifPresent(alias -> condition.add("cluster_alias = ?", alias));
    return condition;
  }

  private static String page(String order, int page) {
    return " ORDER BY %s LIMIT %d OFFSET %d"
        .formatted(order, History.PAGE_SIZE, (long) page * History.PAGE_SIZE);
  }
}
