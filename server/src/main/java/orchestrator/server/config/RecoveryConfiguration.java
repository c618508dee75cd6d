package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.minutes;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.PatternTypes.clusterFilter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryBudget;

/** Recovery policy: Which failures are recovered, and within which limits. */
public record RecoveryConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Recovery policy");

  static final ConfigurationKey<ClusterFilter> RECOVER_MASTER_CLUSTER_FILTERS =
      KEYS.key(
          "RecoverMasterClusterFilters",
          clusterFilter(),
          List.of(),
          "Clusters whose master failures are recovered automatically: name, alias, "
              + "\"*\", alias=NAME, alias~=REGEX, or a regular expression on the name.");

  public ClusterFilter masterClusters() {
    return values.get(RECOVER_MASTER_CLUSTER_FILTERS);
  }

  static final ConfigurationKey<ClusterFilter> RECOVER_INTERMEDIATE_MASTER_CLUSTER_FILTERS =
      KEYS.key(
          "RecoverIntermediateMasterClusterFilters",
          clusterFilter(),
          List.of(),
          "The same filters for intermediate masters and group members with replicas.");

  public ClusterFilter intermediateMasterClusters() {
    return values.get(RECOVER_INTERMEDIATE_MASTER_CLUSTER_FILTERS);
  }

  static final ConfigurationKey<Duration> RECOVERY_PERIOD_BLOCK_SECONDS =
      KEYS.key(
          "RecoveryPeriodBlockSeconds",
          seconds(0),
          3600,
          "Anti-flapping: no automatic recovery on a cluster (or on a just-promoted "
              + "server) for this long after one started, unless acknowledged.");

  public Duration block() {
    return values.get(RECOVERY_PERIOD_BLOCK_SECONDS);
  }

  static final ConfigurationKey<Duration> RECOVERY_PERIOD_BLOCK_MINUTES =
      KEYS.key(
          "RecoveryPeriodBlockMinutes",
          minutes(0),
          60,
          "Old form of RecoveryPeriodBlockSeconds; used only when that is 0.");

  static final ConfigurationKey<Boolean> RECOVER_NON_WRITEABLE_MASTER =
      KEYS.key(
          "RecoverNonWriteableMaster",
          bool(),
          false,
          "Treat a read-only master with replicas as a failure and make it writable.");

  public boolean recoverNonWriteableMaster() {
    return values.get(RECOVER_NON_WRITEABLE_MASTER);
  }

  static final ConfigurationKey<Boolean> CO_MASTER_RECOVERY_MUST_PROMOTE_OTHER_CO_MASTER =
      KEYS.key(
          "CoMasterRecoveryMustPromoteOtherCoMaster",
          bool(),
          true,
          "On co-master death promote only the other co-master, else fail.");

  public boolean promoteOnlyOtherCoMaster() {
    return values.get(CO_MASTER_RECOVERY_MUST_PROMOTE_OTHER_CO_MASTER);
  }

  static final ConfigurationKey<Boolean> APPLY_MYSQL_PROMOTION_AFTER_MASTER_FAILOVER =
      KEYS.key(
          "ApplyMySQLPromotionAfterMasterFailover",
          bool(),
          true,
          "Reset replication and clear read-only on the promoted server.");

  public boolean applyPromotion() {
    return values.get(APPLY_MYSQL_PROMOTION_AFTER_MASTER_FAILOVER);
  }

  static final ConfigurationKey<Boolean> MASTER_FAILOVER_DETACH_REPLICA_MASTER_HOST =
      KEYS.key(
          "MasterFailoverDetachReplicaMasterHost",
          bool(),
          false,
          "Detach the promoted server from its old source host.");

  public boolean detachPromoted() {
    return values.get(MASTER_FAILOVER_DETACH_REPLICA_MASTER_HOST);
  }

  static final ConfigurationKey<Boolean> MASTER_FAILOVER_DETACH_SLAVE_MASTER_HOST =
      KEYS.key(
          "MasterFailoverDetachSlaveMasterHost",
          bool(),
          false,
          "Old name of MasterFailoverDetachReplicaMasterHost; true in either is true.");

  static final ConfigurationKey<Boolean> DETACH_LOST_REPLICAS_AFTER_MASTER_FAILOVER =
      KEYS.key(
          "DetachLostReplicasAfterMasterFailover",
          bool(),
          false,
          "Detach replicas that could not be carried over.");

  public boolean detachLostReplicas() {
    return values.get(DETACH_LOST_REPLICAS_AFTER_MASTER_FAILOVER);
  }

  static final ConfigurationKey<Boolean> DETACH_LOST_SLAVES_AFTER_MASTER_FAILOVER =
      KEYS.key(
          "DetachLostSlavesAfterMasterFailover",
          bool(),
          true,
          "Old name of DetachLostReplicasAfterMasterFailover; true in either is true.");

  static final ConfigurationKey<Boolean> PREVENT_CROSS_DATA_CENTER_MASTER_FAILOVER =
      KEYS.key(
          "PreventCrossDataCenterMasterFailover",
          bool(),
          false,
          "Never end with a master in another data center; fail instead.");

  public boolean preventCrossDataCenter() {
    return values.get(PREVENT_CROSS_DATA_CENTER_MASTER_FAILOVER);
  }

  static final ConfigurationKey<Boolean> PREVENT_CROSS_REGION_MASTER_FAILOVER =
      KEYS.key(
          "PreventCrossRegionMasterFailover",
          bool(),
          false,
          "Never end with a master in another region; fail instead.");

  public boolean preventCrossRegion() {
    return values.get(PREVENT_CROSS_REGION_MASTER_FAILOVER);
  }

  static final ConfigurationKey<Duration> FAIL_MASTER_PROMOTION_ON_LAG_MINUTES =
      KEYS.key(
          "FailMasterPromotionOnLagMinutes",
          minutes(0),
          0,
          "Cancel the promotion if the promoted server lags at least this much; 0 is "
              + "off. Needs ReplicationLagQuery.");

  public Optional<Duration> failPromotionOnLag() {
    return values.positive(FAIL_MASTER_PROMOTION_ON_LAG_MINUTES);
  }

  static final ConfigurationKey<Boolean> FAIL_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE =
      KEYS.key(
          "FailMasterPromotionIfSQLThreadNotUpToDate",
          bool(),
          false,
          "Cancel the promotion if relay logs are unapplied. Not together with "
              + "DelayMasterPromotionIfSQLThreadNotUpToDate.");

  public boolean failPromotionIfNotUpToDate() {
    return values.get(FAIL_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE);
  }

  static final ConfigurationKey<Boolean> DELAY_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE =
      KEYS.key(
          "DelayMasterPromotionIfSQLThreadNotUpToDate",
          bool(),
          false,
          "Wait for relay logs to be applied before promoting.");

  public boolean delayPromotionUntilUpToDate() {
    return values.get(DELAY_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE);
  }

  static final ConfigurationKey<Duration> POSTPONE_REPLICA_RECOVERY_ON_LAG_MINUTES =
      KEYS.key(
          "PostponeReplicaRecoveryOnLagMinutes",
          minutes(0),
          0,
          "Leave very late replicas for the end of a recovery; 0 is off.");

  public Optional<Duration> postponeReplicaOnLag() {
    return values.positive(POSTPONE_REPLICA_RECOVERY_ON_LAG_MINUTES);
  }

  static final ConfigurationKey<Duration> POSTPONE_SLAVE_RECOVERY_ON_LAG_MINUTES =
      KEYS.key(
          "PostponeSlaveRecoveryOnLagMinutes",
          minutes(0),
          0,
          "Old name of PostponeReplicaRecoveryOnLagMinutes.");

  static final ConfigurationKey<Duration> MASTER_FAILOVER_LOST_INSTANCES_DOWNTIME_MINUTES =
      KEYS.key("MasterFailoverLostInstancesDowntimeMinutes", minutes(0), 0, "Without effect.");

  static final KeyGroup GROUP = KEYS.build();

  /** Whether an old master that comes back is made a replica without being asked for. */
  public boolean reattachReturned() {
    return values.get(NewKeys.REATTACH_RETURNED_MASTERS);
  }

  /** Clusters in which no automatic failover may lose what is known. */
  public ClusterFilter refuseLoss() {
    return values.get(NewKeys.REFUSE_LOSS_CLUSTER_FILTERS);
  }

  /** Clusters in which a person is asked before one does. */
  public ClusterFilter askBeforeLoss() {
    return values.get(NewKeys.ASK_BEFORE_LOSS_CLUSTER_FILTERS);
  }

  /** Whether a failover goes on although the old master could not be fenced. */
  public boolean goOnUnfenced() {
    return values.get(NewKeys.FENCING_FAILURE_POLICY) == NewKeys.FencingFailure.GO_ON;
  }

  /** Whether a recovery (no repair) that left nothing to do is acknowledged at its end. */
  public boolean acknowledgeComplete() {
    return values.get(NewKeys.ACKNOWLEDGE_COMPLETE_RECOVERIES);
  }

  /** Whether clients of an old master that was set read-only are disconnected. */
  public boolean endClientConnections() {
    return values.get(NewKeys.END_CLIENT_CONNECTIONS);
  }

  /** How many servers may be recovered from automatically; empty for no limit. */
  public Optional<RecoveryBudget> budget() {
    int servers = values.get(NewKeys.MASS_FAILURE_BRAKE_SERVERS);
    return servers == 0
        ? Optional.empty()
        : Optional.of(
            new RecoveryBudget(
                servers, Duration.ofMinutes(values.get(NewKeys.MASS_FAILURE_BRAKE_MINUTES))));
  }
}
