package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;

import java.time.Duration;
import java.util.Optional;

/**
 * Lag, topology refactoring and server actions: What replication may look like and how servers are
 * changed.
 */
public record ReplicationConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS =
      KeyGroup.named("Lag, topology refactoring and server actions");

  static final ConfigurationKey<String> REPLICATION_LAG_QUERY =
      KEYS.key(
          "ReplicationLagQuery",
          text(),
          "",
          "Query returning lag in seconds (one row, one numeric column).");

  public Optional<String> lagQuery() {
    return values.text(REPLICATION_LAG_QUERY);
  }

  static final ConfigurationKey<String> SLAVE_LAG_QUERY =
      KEYS.key("SlaveLagQuery", text(), "", "Old name of ReplicationLagQuery.");

  static final ConfigurationKey<Duration> REASONABLE_REPLICATION_LAG_SECONDS =
      KEYS.key("ReasonableReplicationLagSeconds", seconds(0), 10, "Lag above this is a problem.");

  public Duration reasonableLag() {
    return values.get(REASONABLE_REPLICATION_LAG_SECONDS);
  }

  static final ConfigurationKey<Duration> REASONABLE_MAINTENANCE_REPLICATION_LAG_SECONDS =
      KEYS.key(
          "ReasonableMaintenanceReplicationLagSeconds",
          seconds(0),
          20,
          "Lag above this blocks moving a server and aborts a graceful takeover; also "
              + "the time limit for the designated replica to catch up in a takeover.");

  public Duration reasonableMaintenanceLag() {
    return values.get(REASONABLE_MAINTENANCE_REPLICATION_LAG_SECONDS);
  }

  static final ConfigurationKey<Boolean> VERIFY_REPLICATION_FILTERS =
      KEYS.key(
          "VerifyReplicationFilters",
          bool(),
          false,
          "Refuse to place a server without filters under one with filters.");

  public boolean verifyFilters() {
    return values.get(VERIFY_REPLICATION_FILTERS);
  }

  static final ConfigurationKey<Boolean> LOWER_REPLICA_VERSION_ALLOWED =
      KEYS.key(
          "LowerReplicaVersionAllowed", bool(), false, "Allow a replica older than its source.");

  public boolean lowerReplicaVersionAllowed() {
    return values.get(LOWER_REPLICA_VERSION_ALLOWED);
  }

  static final ConfigurationKey<Boolean> USE_SUPER_READ_ONLY =
      KEYS.key(
          "UseSuperReadOnly", bool(), false, "Set/clear super_read_only together with read_only.");

  public boolean superReadOnly() {
    return values.get(USE_SUPER_READ_ONLY);
  }

  static final ConfigurationKey<String> REPLICATION_CREDENTIALS_QUERY =
      KEYS.key(
          "ReplicationCredentialsQuery",
          text(),
          "",
          "Query on a topology server returning up to five columns: user, password, CA, "
              + "cert, key.");

  public Optional<String> credentialsQuery() {
    return values.text(REPLICATION_CREDENTIALS_QUERY);
  }

  static final ConfigurationKey<Integer> MAX_CONCURRENT_REPLICA_OPERATIONS =
      KEYS.key(
          "MaxConcurrentReplicaOperations",
          integer(1),
          5,
          "Parallelism when moving replicas with GTID.");

  public int maxConcurrentReplicaOperations() {
    return values.get(MAX_CONCURRENT_REPLICA_OPERATIONS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
