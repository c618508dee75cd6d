package orchestrator.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a manager of topologies sends to servers, as far as privileges are concerned. */
enum ManagerStatements {
  /** Statements with a result, for masters and replicas alike. */
  READING,
  /** Statements that change a replica; they leave it cut off from its master. */
  CHANGING;

  List<String> of(ServerKind kind) {
    return switch (this) {
      case READING -> reading(kind);
      case CHANGING -> changing(kind);
    };
  }

  static String dumpThreads(ServerKind kind) {
    String table =
        kind == ServerKind.MYSQL_8_0
            ? "performance_schema.processlist"
            : "information_schema.processlist";
    return "SELECT host, user FROM "
        + table
        + " WHERE command IN ('Binlog Dump', 'Binlog Dump GTID')";
  }

  private static List<String> reading(ServerKind kind) {
    List<String> statements =
        new ArrayList<>(
            List.of(
                "SELECT @@global.version, @@global.read_only, @@global.log_bin, @@global.report_host",
                "SHOW SLAVE STATUS",
                "SHOW MASTER STATUS",
                "SHOW SLAVE HOSTS",
                "SHOW BINARY LOGS",
                "SHOW BINLOG EVENTS LIMIT 1",
                "SHOW GLOBAL STATUS LIKE 'Uptime'",
                "SHOW GLOBAL STATUS LIKE 'rpl_semi_sync_%'",
                "SHOW GLOBAL VARIABLES LIKE 'rpl_semi_sync_%'",
                "SHOW FULL PROCESSLIST",
                "SELECT GET_LOCK('manager', 0), IS_USED_LOCK('manager'), RELEASE_LOCK('manager')",
                dumpThreads(kind)));
    statements.addAll(
        switch (kind) {
          case MYSQL_8_0 ->
              List.of(
                  "SHOW REPLICA STATUS",
                  "SHOW REPLICAS",
                  "SELECT @@global.gtid_executed, @@global.gtid_purged, @@server_uuid, @@super_read_only",
                  "SELECT COUNT(*) FROM mysql.slave_master_info WHERE user_name <> ''",
                  "SELECT member_id FROM performance_schema.replication_group_members",
                  "SELECT GTID_SUBTRACT('', '')");
          case MYSQL_5_7 ->
              List.of(
                  "SELECT @@global.gtid_executed, @@global.gtid_purged, @@server_uuid, @@super_read_only",
                  "SELECT COUNT(*) FROM mysql.slave_master_info WHERE user_name <> ''",
                  "SELECT GTID_SUBTRACT('', '')");
          case MARIADB_11_4 ->
              List.of(
                  "SHOW REPLICA STATUS",
                  "SHOW ALL SLAVES STATUS",
                  "SHOW REPLICA HOSTS",
                  "SELECT @@gtid_binlog_pos, @@gtid_current_pos, @@gtid_slave_pos, @@gtid_binlog_state");
        });
    return statements;
  }

  private static List<String> changing(ServerKind kind) {
    boolean mariaDb = kind.isMariaDb();
    String source =
        "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, "
            + (mariaDb ? "MASTER_USE_GTID=slave_pos" : "MASTER_AUTO_POSITION=1");
    List<String> common =
        List.of(
            "STOP SLAVE IO_THREAD",
            "START SLAVE IO_THREAD",
            "STOP SLAVE SQL_THREAD",
            "START SLAVE SQL_THREAD",
            "STOP SLAVE",
            source,
            "CHANGE MASTER TO MASTER_HOST='127.0.0.2'",
            "CHANGE MASTER TO MASTER_CONNECT_RETRY=1, MASTER_USER='repl', MASTER_PASSWORD='repl'",
            "RESET SLAVE ALL",
            "SET GLOBAL read_only=0",
            "SET GLOBAL read_only=1",
            "SET GLOBAL slave_net_timeout=4",
            "FLUSH BINARY LOGS",
            "KILL CONNECTION_ID()");
    List<String> own =
        switch (kind) {
          case MYSQL_8_0 ->
              List.of(
                  "STOP REPLICA",
                  "START REPLICA",
                  "SET GLOBAL super_read_only=1",
                  "SET GLOBAL super_read_only=0",
                  "SET GTID_NEXT='00000000-0000-0000-0000-000000000001:1'",
                  "COMMIT",
                  "SET GTID_NEXT='AUTOMATIC'",
                  "RESET MASTER",
                  "SET GLOBAL gtid_purged=''");
          case MYSQL_5_7 ->
              List.of(
                  "SET GLOBAL super_read_only=1",
                  "SET GLOBAL super_read_only=0",
                  "SET GTID_NEXT='00000000-0000-0000-0000-000000000001:1'",
                  "COMMIT",
                  "SET GTID_NEXT='AUTOMATIC'",
                  "RESET MASTER",
                  "SET GLOBAL gtid_purged=''");
          case MARIADB_11_4 ->
              List.of(
                  "STOP REPLICA",
                  "SET GLOBAL gtid_slave_pos=''",
                  "SET GLOBAL rpl_semi_sync_master_enabled=1",
                  "SET GLOBAL rpl_semi_sync_master_enabled=0",
                  "SET GLOBAL rpl_semi_sync_slave_enabled=1",
                  "SET GLOBAL rpl_semi_sync_slave_enabled=0",
                  "SET GLOBAL rpl_semi_sync_master_timeout=10000",
                  "RESET MASTER",
                  "START REPLICA");
        };
    int beforeKill = common.size() - 1;
    return Stream.of(own, common.subList(0, beforeKill)).flatMap(List::stream).toList();
  }
}
