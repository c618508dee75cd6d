package orchestrator.core.analysis;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The thresholds and rules by which servers are judged, from the configuration.
 *
 * @param pollInterval {@code InstancePollSeconds}
 * @param checkSlack {@code ReasonableInstanceCheckSeconds}: how much longer than the interval a
 *     probe may hang until its server counts as not answering
 * @param reasonableLag {@code ReasonableReplicationLagSeconds}: more is a problem
 * @param reasonableMaintenanceLag {@code ReasonableMaintenanceReplicationLagSeconds}
 * @param lockedSemiSyncAfter {@code ReasonableLockedSemiSyncMasterSeconds}: how long the
 *     coordinates of a waiting semi-synchronous master stand still until it counts as locked
 * @param enforceExactSemiSyncReplicas {@code EnforceExactSemiSyncReplicas}
 * @param recoverNonWriteableMaster {@code RecoverNonWriteableMaster}
 * @param recoverMasters {@code RecoverMasterClusterFilters}
 * @param recoverIntermediateMasters {@code RecoverIntermediateMasterClusterFilters}
 * @param ignoredHosts {@code RecoveryIgnoreHostnameFilters}, on the host name alone
 * @param aliasByName {@code ClusterNameToAlias}: the alias of the first pattern that the cluster's
 *     name matches
 */
public record AnalysisPolicy(
    Duration pollInterval,
    Duration checkSlack,
    Duration reasonableLag,
    Duration reasonableMaintenanceLag,
    Duration lockedSemiSyncAfter,
    boolean enforceExactSemiSyncReplicas,
    boolean recoverNonWriteableMaster,
    ClusterRule recoverMasters,
    ClusterRule recoverIntermediateMasters,
    Predicate<String> ignoredHosts,
    Function<String, Optional<String>> aliasByName) {

  /** All keys at their defaults: nothing is recovered automatically. */
  public static final AnalysisPolicy DEFAULT =
      new AnalysisPolicy(
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          false,
          false,
          ClusterRule.NO_CLUSTER,
          ClusterRule.NO_CLUSTER,
          host -> false,
          name -> Optional.empty());

  /** How old the latest check of a server may be without being a problem. */
  public Duration recentlyChecked() {
    return pollInterval.multipliedBy(5);
  }

  /** How much later than the latest answer the latest attempt may be. */
  public Duration longestUnanswered() {
    return pollInterval.plus(checkSlack);
  }

  /** How long coordinates that may be stale are remembered after they were last noted. */
  public Duration staleCoordinatesKept() {
    Duration twice = reasonableLag.multipliedBy(2);
    Duration atLeast = Duration.ofSeconds(60);
    return twice.compareTo(atLeast) > 0 ? twice : atLeast;
  }

  public AnalysisPolicy withEnforceExactSemiSyncReplicas(boolean enforce) {
    return new AnalysisPolicy(
        pollInterval,
        checkSlack,
        reasonableLag,
        reasonableMaintenanceLag,
        lockedSemiSyncAfter,
        enforce,
        recoverNonWriteableMaster,
        recoverMasters,
        recoverIntermediateMasters,
        ignoredHosts,
        aliasByName);
  }

  public AnalysisPolicy withRecoverNonWriteableMaster(boolean recover) {
    return new AnalysisPolicy(
        pollInterval,
        checkSlack,
        reasonableLag,
        reasonableMaintenanceLag,
        lockedSemiSyncAfter,
        enforceExactSemiSyncReplicas,
        recover,
        recoverMasters,
        recoverIntermediateMasters,
        ignoredHosts,
        aliasByName);
  }

  /** With automatic recovery of these clusters' masters, and of those clusters' other servers. */
  public AnalysisPolicy withRecovery(ClusterRule masters, ClusterRule intermediateMasters) {
    return new AnalysisPolicy(
        pollInterval,
        checkSlack,
        reasonableLag,
        reasonableMaintenanceLag,
        lockedSemiSyncAfter,
        enforceExactSemiSyncReplicas,
        recoverNonWriteableMaster,
        masters,
        intermediateMasters,
        ignoredHosts,
        aliasByName);
  }

  public AnalysisPolicy withIgnoredHosts(Predicate<String> ignored) {
    return new AnalysisPolicy(
        pollInterval,
        checkSlack,
        reasonableLag,
        reasonableMaintenanceLag,
        lockedSemiSyncAfter,
        enforceExactSemiSyncReplicas,
        recoverNonWriteableMaster,
        recoverMasters,
        recoverIntermediateMasters,
        ignored,
        aliasByName);
  }

  public AnalysisPolicy withAliasByName(Function<String, Optional<String>> alias) {
    return new AnalysisPolicy(
        pollInterval,
        checkSlack,
        reasonableLag,
        reasonableMaintenanceLag,
        lockedSemiSyncAfter,
        enforceExactSemiSyncReplicas,
        recoverNonWriteableMaster,
        recoverMasters,
        recoverIntermediateMasters,
        ignoredHosts,
        alias);
  }
}
