package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.List;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.ServerVersion;

/** Asks a server what it allows, and what goes on there. Changes nothing. */
final class ServerSurvey {
  /** A transaction that has written and is open for longer is in the way of a takeover. */
  static final int LONG_SECONDS = 10;

  private final TopologyServer server;
  private final Deadline deadline;

  ServerSurvey(TopologyServer server, Deadline deadline) {
    this.server = server;
    this.deadline = deadline;
  }

  TakeoverSurvey run() {
    try {
      Grants grants = Grants.of(server.query(List.of("SHOW GRANTS"), deadline).getFirst());
      ServerVersion version = server.last().map(Instance::version).orElse(ServerVersion.UNKNOWN);
      Table open = server.query(List.of(openTransactions()), deadline).getFirst();
      return new TakeoverSurvey(
          server.key(),
          "",
          grants.missing(version),
          grants.missingToEndClients(version),
          transactions(open),
          SupplementSource.tellsLogin(server, deadline));
    } catch (SessionException e) {
      return TakeoverSurvey.failed(server.key(), e.reason());
    }
  }

  /** InnoDB tells in the zone of the operating system when a transaction began. */
  private String openTransactions() {
    return """
    SELECT t.trx_mysql_thread_id AS id, TIMESTAMPDIFF(SECOND, t.trx_started, n.now) AS age,
      t.trx_rows_modified AS changed, COALESCE(p.user, '') AS user, COALESCE(p.host, '') AS host
    FROM information_schema.innodb_trx t
    JOIN (SELECT COALESCE(CONVERT_TZ(NOW(), @@session.time_zone, 'SYSTEM'), NOW()) AS now) n
    LEFT JOIN %s p ON p.id = t.trx_mysql_thread_id
    WHERE t.trx_rows_modified > 0 AND t.trx_started < n.now - INTERVAL %d SECOND
      AND t.trx_mysql_thread_id <> 0 AND COALESCE(p.user, '') <> 'system user'
    ORDER BY t.trx_started LIMIT 10\
    """
        .formatted(server.processList(), LONG_SECONDS);
  }

  private static List<String> transactions(Table table) {
    List<String> found = new ArrayList<>();
    for (int row = 0; row < table.size(); row++) {
      found.add(
          "connection %s (%s@%s), open for %s s, %s rows changed"
              .formatted(
                  table.text(row, "id"),
                  table.text(row, "user"),
                  table.text(row, "host"),
                  table.text(row, "age"),
                  table.text(row, "changed")));
    }
    return found;
  }
}
