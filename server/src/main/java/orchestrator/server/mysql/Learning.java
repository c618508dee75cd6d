package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import orchestrator.core.topology.ServerVersion;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.mysql.ServerFacts.OptionalStatement;

/**
 * Finds out what a server has and lets us read: names that exist, and statements that succeed,
 * tried one by one. Takes a handful of round trips, once per connection and every ten minutes.
 */
final class Learning {
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(10);

  /** Names whose existence decides what is selected. */
  static final List<String> INTERESTING =
      List.of(
          "server_uuid",
          "server_id",
          "gtid_mode",
          "gtid_executed",
          "gtid_purged",
          "gtid_current_pos",
          "gtid_binlog_pos",
          "read_only",
          "super_read_only",
          "log_bin",
          "binlog_format",
          "log_replica_updates",
          "log_slave_updates",
          "binlog_row_image",
          "group_replication_group_name");

  private static final String IDENTITY =
      "SELECT @@global.version, @@global.version_comment, @@global.hostname, @@global.report_host,"
          + " @@global.performance_schema, @@global.log_bin";
  private static final String VARIABLES =
      "SHOW GLOBAL VARIABLES WHERE Variable_name LIKE 'rpl\\_semi\\_sync\\_%' OR Variable_name IN ('"
          + String.join("','", INTERESTING)
          + "')";
  private static final String UPTIME = "SHOW GLOBAL STATUS LIKE 'Uptime'";
  static final String STORED_CREDENTIALS =
      "SELECT User_name AS user_name, User_password AS user_password, Heartbeat AS heartbeat"
          + " FROM mysql.slave_master_info WHERE User_name <> '' LIMIT 1";

  private final Session session;
  private final Deadline deadline;
  private final Set<OptionalStatement> optional = EnumSet.noneOf(OptionalStatement.class);
  private final Map<OptionalStatement, String> refusals = new EnumMap<>(OptionalStatement.class);

  private boolean hasReadVariables;

  Learning(Session session, Deadline deadline) {
    this.session = session;
    this.deadline = deadline;
  }

  /** Whether the server answered the first questions, whatever came later. */
  boolean hasReadVariables() {
    return hasReadVariables;
  }

  /**
   * @param credentialsByQuery whether replication credentials come from a configured query
   * @throws SessionException when the server cannot be read at all
   */
  ServerFacts learn(boolean credentialsByQuery, Instant now) throws SessionException {
    List<Table> basics = session.run(List.of(IDENTITY, VARIABLES, UPTIME), deadline);
    hasReadVariables = true;
    Table identity = basics.get(0);
    if (identity.isEmpty() || identity.text(0, 0).isEmpty()) {
      throw SessionException.refused(
          Failure.BAD_ANSWER,
          0,
          "the server does not tell its version",
          new IllegalStateException());
    }
    ServerVersion version = new ServerVersion(identity.text(0, 0), identity.text(0, 1));
    Dialect dialect = Dialect.of(version);
    Set<String> variables = names(basics.get(1));
    boolean performanceSchema = ProbePacket.isOn(identity.text(0, 4));

    requireReplicaStatus(dialect);
    if (!dialect.isMariaDb() && version.isAtLeast(5, 7, 0)) {
      attempt(OptionalStatement.HEARTBEATS, ProbePacket.HEARTBEATS);
    }
    if (ProbePacket.isOn(identity.text(0, 5))) {
      attempt(OptionalStatement.BINLOG_STATUS, dialect.showBinlogStatus());
      attempt(OptionalStatement.REGISTERED_REPLICAS, dialect.showRegisteredReplicas());
      learnDumpThreads(dialect, performanceSchema);
    }
    if (isInGroup(basics.get(1))) {
      attempt(OptionalStatement.GROUP_MEMBERS, ProbePacket.GROUP_MEMBERS);
    }
    boolean credentials = credentialsByQuery;
    if (!credentialsByQuery && !dialect.isMariaDb()) {
      Table stored = attempt(OptionalStatement.STORED_CREDENTIALS, STORED_CREDENTIALS);
      credentials = !stored.isEmpty();
    }
    long uptime = basics.get(2).isEmpty() ? 0 : ProbePacket.parseLong(basics.get(2).text(0, 1));
    return new ServerFacts(
        version,
        dialect,
        identity.text(0, 2),
        identity.text(0, 3),
        now.minusSeconds(uptime),
        variables,
        optional,
        refusals,
        credentials,
        now.plus(timeToLive()));
  }

  private static Set<String> names(Table variables) {
    Set<String> names = new HashSet<>();
    for (int row = 0; row < variables.size(); row++) {
      names.add(variables.text(row, 0).toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private static boolean isInGroup(Table variables) {
    for (int row = 0; row < variables.size(); row++) {
      if (variables.text(row, 0).equalsIgnoreCase("group_replication_group_name")) {
        return !variables.text(row, 1).isEmpty();
      }
    }
    return false;
  }

  /** Ten minutes and up to a tenth more, the same for a server each time but not for all. */
  private Duration timeToLive() {
    int tenth = (int) TIME_TO_LIVE.toSeconds() / 10;
    return TIME_TO_LIVE.plusSeconds(Math.floorMod(session.key().hashCode(), tenth));
  }

  /** Without this privilege nothing useful can be known. */
  private void requireReplicaStatus(Dialect dialect) throws SessionException {
    session.run(List.of(dialect.showReplicaStatus()), deadline);
  }

  private void learnDumpThreads(Dialect dialect, boolean performanceSchema)
      throws SessionException {
    if (performanceSchema && !dialect.isMariaDb()) {
      attempt(
          OptionalStatement.DUMP_THREADS_OF_PERFORMANCE_SCHEMA,
          ProbePacket.DUMP_THREADS_OF_PERFORMANCE_SCHEMA);
    }
    if (!optional.contains(OptionalStatement.DUMP_THREADS_OF_PERFORMANCE_SCHEMA)) {
      attempt(
          OptionalStatement.DUMP_THREADS_OF_INFORMATION_SCHEMA,
          ProbePacket.DUMP_THREADS_OF_INFORMATION_SCHEMA);
    }
  }

  private Table attempt(OptionalStatement name, String statement) throws SessionException {
    try {
      Table table = session.run(List.of(statement), deadline).getFirst();
      optional.add(name);
      return table;
    } catch (SessionException e) {
      if (!e.isAnswered()) {
        throw e;
      }
      refusals.put(name, e.reason());
      return Table.EMPTY;
    }
  }
}
