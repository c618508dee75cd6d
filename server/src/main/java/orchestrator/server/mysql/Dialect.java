package orchestrator.server.mysql;

import orchestrator.core.topology.Flavor;
import orchestrator.core.topology.ServerVersion;

/**
 * The words a server understands. MySQL renamed its replication statements step by step: {@code
 * REPLICA} for {@code SLAVE} in 8.0.22, {@code CHANGE REPLICATION SOURCE TO} in 8.0.23, {@code SHOW
 * BINARY LOG STATUS} in 8.2; from 8.4 on the old words are errors. MariaDB keeps them.
 */
final class Dialect {
  private final ServerVersion version;
  private final boolean mariaDb;
  private final boolean replicaWords;
  private final boolean sourceWords;
  private final boolean binaryLogStatusWords;

  private Dialect(ServerVersion version) {
    this.version = version;
    this.mariaDb = version.flavor() == Flavor.MARIADB;
    this.replicaWords = !mariaDb && version.isAtLeast(8, 0, 22);
    this.sourceWords = !mariaDb && version.isAtLeast(8, 0, 23);
    this.binaryLogStatusWords = !mariaDb && version.isAtLeast(8, 2, 0);
  }

  static Dialect of(ServerVersion version) {
    return new Dialect(version);
  }

  boolean isMariaDb() {
    return mariaDb;
  }

  private String replica() {
    return replicaWords ? "REPLICA" : "SLAVE";
  }

  /** MariaDB counts heartbeats only where it shows all connections. */
  String showReplicaStatus() {
    return showsAllConnections() ? "SHOW ALL SLAVES STATUS" : "SHOW " + replica() + " STATUS";
  }

  /** MariaDB 10.0 brought several sources, told apart by {@code connection_name}. */
  private boolean showsAllConnections() {
    return mariaDb && version.isAtLeast(10, 0, 1);
  }

  String showBinlogStatus() {
    return binaryLogStatusWords ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
  }

  String showRegisteredReplicas() {
    return replicaWords ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS";
  }

  String stopReplica() {
    return "STOP " + replica();
  }

  String startReplica() {
    return "START " + replica();
  }

  String stopIoThread() {
    return stopReplica() + " IO_THREAD";
  }

  String startIoThread() {
    return startReplica() + " IO_THREAD";
  }

  String startSqlThread() {
    return startReplica() + " SQL_THREAD";
  }

  String resetReplicaAll() {
    return "RESET " + replica() + " ALL";
  }

  String changeSource() {
    return sourceWords ? "CHANGE REPLICATION SOURCE TO " : "CHANGE MASTER TO ";
  }

  /** What the options of {@link #changeSource()} begin with. */
  String sourceOption(String name) {
    return (sourceWords ? "SOURCE_" : "MASTER_") + name;
  }

  /** {@code slave_} or {@code replica_}: how lower-case columns of the replica status begin. */
  String replicaColumn(String rest) {
    return (replicaWords ? "replica_" : "slave_") + rest;
  }

  /** A lower-case column of the replica status, where the {@code %} stands for the source. */
  String sourceColumn(String pattern) {
    return pattern.replace("%", replicaWords ? "source" : "master");
  }

  /** Options that came later: without TLS, 8.0.4's default plugin needs the source's public key. */
  boolean hasGetPublicKey() {
    return !mariaDb && version.isAtLeast(8, 0, 4);
  }

  /** MariaDB 10.10 deprecates {@code current_pos}, and has an option for former masters. */
  boolean hasDemoteToReplica() {
    return mariaDb && version.isAtLeast(10, 10, 1);
  }

  /** Before, taking a second named lock gave up the first (MySQL 5.7.5, MariaDB 10.0.2). */
  boolean hasManyNamedLocks() {
    return mariaDb ? version.isAtLeast(10, 0, 2) : version.isAtLeast(5, 7, 5);
  }

  /** Bounds the statements of this session that read; zero for no bound. */
  String limitStatementTime(long millis) {
    return mariaDb
        ? "SET SESSION max_statement_time="
            + millis / 1000
            + "."
            + String.format(java.util.Locale.ROOT, "%03d", millis % 1000)
        : "SET SESSION max_execution_time=" + millis;
  }

  /** Whether {@link #limitStatementTime} exists (MySQL 5.7.8, MariaDB 10.1.1). */
  boolean hasStatementTimeLimit() {
    return mariaDb ? version.isAtLeast(10, 1, 1) : version.isAtLeast(5, 7, 8);
  }
}
