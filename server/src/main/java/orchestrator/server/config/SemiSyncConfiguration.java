package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;

import java.time.Duration;
import java.util.Optional;

/** Semi-sync: Semi-synchronous replication. */
public record SemiSyncConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Semi-sync");

  static final ConfigurationKey<String> DETECT_SEMI_SYNC_ENFORCED_QUERY =
      KEYS.key(
          "DetectSemiSyncEnforcedQuery",
          text(),
          "",
          "Semi-sync priority of a server; 0 = asynchronous, higher = preferred.");

  public Optional<String> priorityQuery() {
    return values.text(DETECT_SEMI_SYNC_ENFORCED_QUERY);
  }

  static final ConfigurationKey<Boolean> ENFORCE_EXACT_SEMI_SYNC_REPLICAS =
      KEYS.key(
          "EnforceExactSemiSyncReplicas",
          bool(),
          false,
          "Keep exactly as many semi-sync replicas as the source waits for.");

  public boolean enforceExactReplicas() {
    return values.get(ENFORCE_EXACT_SEMI_SYNC_REPLICAS);
  }

  static final ConfigurationKey<Boolean> RECOVER_LOCKED_SEMI_SYNC_MASTER =
      KEYS.key(
          "RecoverLockedSemiSyncMaster",
          bool(),
          false,
          "Recover a locked semi-sync source by enabling semi-sync on replicas.");

  public boolean recoverLockedMaster() {
    return values.get(RECOVER_LOCKED_SEMI_SYNC_MASTER);
  }

  static final ConfigurationKey<Duration> REASONABLE_LOCKED_SEMI_SYNC_MASTER_SECONDS =
      KEYS.key(
          "ReasonableLockedSemiSyncMasterSeconds",
          seconds(0),
          0,
          "How long coordinates must stand still before the lock is believed; 0 is "
              + "ReasonableReplicationLagSeconds.");

  public Duration reasonableLock() {
    return values.get(REASONABLE_LOCKED_SEMI_SYNC_MASTER_SECONDS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
