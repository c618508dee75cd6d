package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.milliseconds;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.PatternTypes.clusterMilliseconds;

import java.time.Duration;
import java.util.Map;

/**
 * Keys that the incumbent does not have. Their values are handed out by the groups they concern.
 */
final class NewKeys {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("New keys");

  static final ConfigurationKey<Duration> FAILURE_MINIMUM_DURATION_MILLISECONDS =
      KEYS.key(
          "FailureMinimumDurationMilliseconds",
          milliseconds(0),
          0,
          "How long a failure must last before it is recovered; 0 leaves it to the evidence alone.");

  static final ConfigurationKey<ClusterDurations> CLUSTER_FAILURE_MINIMUM_DURATION_MILLISECONDS =
      KEYS.key(
          "ClusterFailureMinimumDurationMilliseconds",
          clusterMilliseconds(),
          Map.of(),
          "The same for single clusters: cluster filters as in RecoverMasterClusterFilters, each"
              + " with milliseconds; the first match in the file wins.");

  static final ConfigurationKey<Duration> HOOK_TIMEOUT_SECONDS =
      KEYS.key(
          "HookTimeoutSeconds",
          seconds(1),
          60,
          "How long one hook command may run before it is killed and counts as failed.");

  static final KeyGroup GROUP = KEYS.build();

  private NewKeys() {}
}
