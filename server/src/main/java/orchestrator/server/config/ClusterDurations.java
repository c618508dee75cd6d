package orchestrator.server.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Durations per cluster filter; the first filter in the file that matches wins. */
public final class ClusterDurations {

  private final Map<String, Duration> entries;
  private final Map<ClusterFilter, Duration> rules = new LinkedHashMap<>();

  private ClusterDurations(Map<String, Duration> entries) {
    this.entries = new LinkedHashMap<>(entries);
    entries.forEach((filter, duration) -> rules.put(ClusterFilter.of(List.of(filter)), duration));
  }

  /**
   * Compiles the filters.
   *
   * @throws java.util.regex.PatternSyntaxException when a filter is not valid
   */
  public static ClusterDurations of(Map<String, Duration> entries) {
    return new ClusterDurations(entries);
  }

  /**
   * The duration for a cluster, if a filter matches.
   *
   * @param clusterAlias empty when it has none
   */
  public Optional<Duration> durationFor(String clusterName, String clusterAlias) {
    return rules.entrySet().stream()
        .filter(rule -> rule.getKey().matches(clusterName, clusterAlias))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  Map<String, Duration> entries() {
    return entries;
  }
}
