package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.minutes;
import static orchestrator.server.config.PatternTypes.nameFilter;

import java.time.Duration;
import java.util.List;

/** Failure detection: When a state of a topology is a failure. */
public record AnalysisConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Failure detection");

  static final ConfigurationKey<Boolean> REDUCE_REPLICATION_ANALYSIS_COUNT =
      KEYS.key(
          "ReduceReplicationAnalysisCount",
          bool(),
          true,
          "Let the analysis query return only rows that may matter.");

  public boolean onlyWhatMatters() {
    return values.get(REDUCE_REPLICATION_ANALYSIS_COUNT);
  }

  static final ConfigurationKey<Duration> FAILURE_DETECTION_PERIOD_BLOCK_MINUTES =
      KEYS.key(
          "FailureDetectionPeriodBlockMinutes",
          minutes(0),
          60,
          "How long a detection stays active, suppressing repeated detection hooks for "
              + "the same server.");

  public Duration detectionBlock() {
    return values.get(FAILURE_DETECTION_PERIOD_BLOCK_MINUTES);
  }

  static final ConfigurationKey<NameFilter> RECOVERY_IGNORE_HOSTNAME_FILTERS =
      KEYS.key(
          "RecoveryIgnoreHostnameFilters",
          nameFilter(),
          List.of(),
          "Regular expressions on the host name; matching servers are left out of the "
              + "analysis and never recovered.");

  public NameFilter ignoredHosts() {
    return values.get(RECOVERY_IGNORE_HOSTNAME_FILTERS);
  }

  static final ConfigurationKey<Boolean> EXPECT_FAILURE_ANALYSIS_CONCENSUS =
      KEYS.key("ExpectFailureAnalysisConcensus", bool(), true, "Without effect.");

  static final KeyGroup GROUP = KEYS.build();

  /**
   * How long a failure in a cluster must last before it is recovered.
   *
   * @param clusterAlias empty when it has none
   */
  public Duration minimumFailureDuration(String clusterName, String clusterAlias) {
    return values
        .get(NewKeys.CLUSTER_FAILURE_MINIMUM_DURATION_MILLISECONDS)
        .durationFor(clusterName, clusterAlias)
        .orElseGet(() -> values.get(NewKeys.FAILURE_MINIMUM_DURATION_MILLISECONDS));
  }
}
