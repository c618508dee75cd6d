package orchestrator.server.mysql;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import orchestrator.core.topology.ServerVersion;

/**
 * What was learnt of a server and changes seldom, and with it the packet that suits the server.
 * Good for one start of the server: a new connection learns anew.
 *
 * @param started when the server process started, from its uptime
 * @param variables lower-case names of those variables of {@link Learning#INTERESTING} that exist
 * @param optional the optional statements that this server answers
 * @param refusals why others are left out, by statement; tried again with the next learning
 * @param credentialsAvailable whether a replication user can be read off the server
 * @param expires when it is to be learnt anew
 */
record ServerFacts(
    ServerVersion version,
    Dialect dialect,
    String hostname,
    String reportHost,
    Instant started,
    Set<String> variables,
    Set<OptionalStatement> optional,
    Map<OptionalStatement, String> refusals,
    boolean credentialsAvailable,
    Instant expires) {

  ServerFacts {
    variables = Set.copyOf(variables);
    optional = Set.copyOf(optional);
    refusals = Map.copyOf(refusals);
  }

  /** Statements that may be refused for want of a privilege or a plugin. */
  enum OptionalStatement {
    BINLOG_STATUS,
    REGISTERED_REPLICAS,
    DUMP_THREADS_OF_PERFORMANCE_SCHEMA,
    DUMP_THREADS_OF_INFORMATION_SCHEMA,
    GROUP_MEMBERS,
    HEARTBEATS,
    STORED_CREDENTIALS
  }

  boolean has(String variable) {
    return variables.contains(variable);
  }

  boolean has(OptionalStatement statement) {
    return optional.contains(statement);
  }

  boolean hasSemiSyncSource() {
    return has("rpl_semi_sync_master_enabled") || has("rpl_semi_sync_source_enabled");
  }

  boolean hasSemiSyncReplica() {
    return has("rpl_semi_sync_slave_enabled") || has("rpl_semi_sync_replica_enabled");
  }

  /** The first of these variables that the server has; empty when it has none. */
  String nameOf(String... names) {
    for (String name : names) {
      if (has(name)) {
        return name;
      }
    }
    return "";
  }

  boolean canListDumpThreads() {
    return has(OptionalStatement.DUMP_THREADS_OF_PERFORMANCE_SCHEMA)
        || has(OptionalStatement.DUMP_THREADS_OF_INFORMATION_SCHEMA);
  }

  /**
   * The table of the server's connections. The older one of MySQL 8.0 waits for every client that
   * has connected and says nothing, ten seconds each by default: a frozen one, or a port scan.
   */
  String processList() {
    return has(OptionalStatement.DUMP_THREADS_OF_PERFORMANCE_SCHEMA)
        ? "performance_schema.processlist"
        : "information_schema.PROCESSLIST";
  }

  long uptimeSeconds(Instant now) {
    return Math.max(0, now.getEpochSecond() - started.getEpochSecond());
  }
}
