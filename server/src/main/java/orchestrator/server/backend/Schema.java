package orchestrator.server.backend;

import java.util.List;

/**
 * The tables. Times are microseconds since 1970, for order and retention; exact ones are in the
 * bodies, which are the forms of {@code codec}.
 */
final class Schema {
  private Schema() {}

  private static final List<String> VERSION_1 =
      List.of(
          """
          CREATE TABLE ojr_meta (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL)
          """,
          """
          CREATE TABLE ojr_log (
            log_index INTEGER PRIMARY KEY,
            term INTEGER NOT NULL,
            entry BLOB NOT NULL,
            crc INTEGER NOT NULL)
          """,
          """
          CREATE TABLE ojr_snapshot (
            log_index INTEGER PRIMARY KEY,
            state BLOB NOT NULL,
            crc INTEGER NOT NULL)
          """,
          """
          CREATE TABLE ojr_instance (
            hostname TEXT NOT NULL,
            port INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (hostname, port))
          """,
          """
          CREATE TABLE ojr_audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            type TEXT NOT NULL,
            hostname TEXT NOT NULL,
            port INTEGER NOT NULL,
            cluster_name TEXT NOT NULL,
            message TEXT NOT NULL)
          """,
          "CREATE INDEX ojr_audit_at ON ojr_audit (at)",
          "CREATE INDEX ojr_audit_instance ON ojr_audit (hostname, port)",
          """
          CREATE TABLE ojr_detection (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL,
            cluster_name TEXT NOT NULL,
            cluster_alias TEXT NOT NULL,
            at INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            body BLOB NOT NULL)
          """,
          "CREATE INDEX ojr_detection_uid ON ojr_detection (uid)",
          "CREATE INDEX ojr_detection_at ON ojr_detection (at)",
          "CREATE INDEX ojr_detection_cluster ON ojr_detection (cluster_name)",
          "CREATE INDEX ojr_detection_alias ON ojr_detection (cluster_alias)",
          """
          CREATE TABLE ojr_recovery (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            hostname TEXT NOT NULL,
            port INTEGER NOT NULL,
            cluster_name TEXT NOT NULL,
            cluster_alias TEXT NOT NULL,
            detection_id INTEGER NOT NULL,
            at INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            acknowledged INTEGER NOT NULL,
            body BLOB NOT NULL)
          """,
          "CREATE INDEX ojr_recovery_at ON ojr_recovery (at)",
          "CREATE INDEX ojr_recovery_cluster ON ojr_recovery (cluster_name)",
          "CREATE INDEX ojr_recovery_alias ON ojr_recovery (cluster_alias)",
          "CREATE INDEX ojr_recovery_detection ON ojr_recovery (detection_id)",
          """
          CREATE TABLE ojr_recovery_step (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            recovery_uid TEXT NOT NULL,
            at INTEGER NOT NULL,
            message TEXT NOT NULL,
            UNIQUE (recovery_uid, at, message))
          """,
          "CREATE INDEX ojr_recovery_step_at ON ojr_recovery_step (at)",
          """
          CREATE TABLE ojr_analysis_change (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hostname TEXT NOT NULL,
            port INTEGER NOT NULL,
            at INTEGER NOT NULL,
            analysis TEXT NOT NULL)
          """,
          "CREATE INDEX ojr_analysis_change_at ON ojr_analysis_change (at)");

  static final List<List<String>> MIGRATIONS = List.of(VERSION_1);
}
