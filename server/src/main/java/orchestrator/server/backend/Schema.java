package orchestrator.server.backend;

import java.util.List;
import java.util.Map;

/**
 * The tables, as {@link Dialect#ddl} takes them. Times are microseconds since 1970, for order and
 * retention; exact ones are in the bodies, which are the forms of {@code codec}.
 */
final class Schema {
  private Schema() {}

  private static final List<String> VERSION_1 =
      List.of(
          """
          CREATE TABLE ojr_meta (
            name {name} PRIMARY KEY,
            value {number} NOT NULL)
          """,
          """
          CREATE TABLE ojr_log (
            log_index {number} PRIMARY KEY,
            term {number} NOT NULL,
            entry {bytes} NOT NULL,
            crc {number} NOT NULL)
          """,
          """
          CREATE TABLE ojr_snapshot (
            log_index {number} PRIMARY KEY,
            state {bytes} NOT NULL,
            crc {number} NOT NULL)
          """,
          """
          CREATE TABLE ojr_instance (
            hostname {name} NOT NULL,
            port {number} NOT NULL,
            body {bytes} NOT NULL,
            PRIMARY KEY (hostname, port))
          """,
          """
          CREATE TABLE ojr_audit (
            id {serial},
            at {number} NOT NULL,
            type {name} NOT NULL,
            hostname {name} NOT NULL,
            port {number} NOT NULL,
            cluster_name {name} NOT NULL,
            message {text} NOT NULL)
          """,
          "CREATE INDEX ojr_audit_at ON ojr_audit (at)",
          "CREATE INDEX ojr_audit_instance ON ojr_audit (hostname, port)",
          """
          CREATE TABLE ojr_detection (
            id {number} PRIMARY KEY,
            uid {name} NOT NULL,
            cluster_name {name} NOT NULL,
            cluster_alias {name} NOT NULL,
            at {number} NOT NULL,
            ended {number} NOT NULL,
            body {bytes} NOT NULL)
          """,
          "CREATE INDEX ojr_detection_uid ON ojr_detection (uid)",
          "CREATE INDEX ojr_detection_at ON ojr_detection (at)",
          "CREATE INDEX ojr_detection_cluster ON ojr_detection (cluster_name)",
          "CREATE INDEX ojr_detection_alias ON ojr_detection (cluster_alias)",
          """
          CREATE TABLE ojr_recovery (
            id {number} PRIMARY KEY,
            uid {name} NOT NULL UNIQUE,
            hostname {name} NOT NULL,
            port {number} NOT NULL,
            cluster_name {name} NOT NULL,
            cluster_alias {name} NOT NULL,
            detection_id {number} NOT NULL,
            at {number} NOT NULL,
            ended {number} NOT NULL,
            acknowledged {number} NOT NULL,
            body {bytes} NOT NULL)
          """,
          "CREATE INDEX ojr_recovery_at ON ojr_recovery (at)",
          "CREATE INDEX ojr_recovery_cluster ON ojr_recovery (cluster_name)",
          "CREATE INDEX ojr_recovery_alias ON ojr_recovery (cluster_alias)",
          "CREATE INDEX ojr_recovery_detection ON ojr_recovery (detection_id)",
          """
          CREATE TABLE ojr_recovery_step (
            id {serial},
            recovery_uid {name} NOT NULL,
            at {number} NOT NULL,
            message {text} NOT NULL,
            {each step once})
          """,
          "CREATE INDEX ojr_recovery_step_at ON ojr_recovery_step (at)",
          """
          CREATE TABLE ojr_analysis_change (
            id {serial},
            hostname {name} NOT NULL,
            port {number} NOT NULL,
            at {number} NOT NULL,
            analysis {name} NOT NULL)
          """,
          "CREATE INDEX ojr_analysis_change_at ON ojr_analysis_change (at)");

  /** Ids begin again with another log: history is told apart by what was random from the start. */
  private static final List<String> VERSION_2 =
      List.of(
          """
          CREATE TABLE ojr_detection_history (
            uid {name} PRIMARY KEY,
            id {number} NOT NULL,
            cluster_name {name} NOT NULL,
            cluster_alias {name} NOT NULL,
            at {number} NOT NULL,
            ended {number} NOT NULL,
            body {bytes} NOT NULL)
          """,
          "CREATE INDEX ojr_detection_history_id ON ojr_detection_history (id)",
          "CREATE INDEX ojr_detection_history_at ON ojr_detection_history (at)",
          "CREATE INDEX ojr_detection_history_cluster ON ojr_detection_history (cluster_name)",
          "CREATE INDEX ojr_detection_history_alias ON ojr_detection_history (cluster_alias)",
          """
          REPLACE INTO ojr_detection_history
            (uid, id, cluster_name, cluster_alias, at, ended, body)
            SELECT uid, id, cluster_name, cluster_alias, at, ended, body FROM ojr_detection
          """,
          """
          CREATE TABLE ojr_recovery_history (
            uid {name} PRIMARY KEY,
            id {number} NOT NULL,
            hostname {name} NOT NULL,
            port {number} NOT NULL,
            cluster_name {name} NOT NULL,
            cluster_alias {name} NOT NULL,
            detection_id {number} NOT NULL,
            at {number} NOT NULL,
            ended {number} NOT NULL,
            acknowledged {number} NOT NULL,
            body {bytes} NOT NULL)
          """,
          "CREATE INDEX ojr_recovery_history_id ON ojr_recovery_history (id)",
          "CREATE INDEX ojr_recovery_history_at ON ojr_recovery_history (at)",
          "CREATE INDEX ojr_recovery_history_cluster ON ojr_recovery_history (cluster_name)",
          "CREATE INDEX ojr_recovery_history_alias ON ojr_recovery_history (cluster_alias)",
          "CREATE INDEX ojr_recovery_history_detection ON ojr_recovery_history (detection_id)",
          """
          REPLACE INTO ojr_recovery_history
            (uid, id, hostname, port, cluster_name, cluster_alias, detection_id, at, ended,
             acknowledged, body)
            SELECT uid, id, hostname, port, cluster_name, cluster_alias, detection_id, at, ended,
             acknowledged, body FROM ojr_recovery
          """);

  private static final List<String> VERSION_3 =
      List.of("DROP TABLE IF EXISTS ojr_detection", "DROP TABLE IF EXISTS ojr_recovery");

  static final List<List<String>> MIGRATIONS = List.of(VERSION_1, VERSION_2, VERSION_3);

  static String replaceTypes(String template, Map<String, String> types) {
    String sql = template;
    for (Map.Entry<String, String> type : types.entrySet()) {
      sql = sql.replace(type.getKey(), type.getValue());
    }
    return sql;
  }
}
