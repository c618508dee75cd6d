package orchestrator.core.analysis;

import java.util.Optional;

/**
 * Which diagnoses are wanted.
 *
 * @param clusterName only of this cluster; empty for all
 * @param includeDowntimed also those that are skippable due to downtime
 * @param includeHealthy also of servers without any problem
 */
public record AnalysisScope(
    Optional<String> clusterName, boolean includeDowntimed, boolean includeHealthy) {
  /** What the API shows, and the detection loop looks at. */
  public static final AnalysisScope PROBLEMS = new AnalysisScope(Optional.empty(), true, false);

  /** What the command {@code replication-analysis} shows. */
  public static final AnalysisScope PROBLEMS_NOT_DOWNTIMED =
      new AnalysisScope(Optional.empty(), false, false);

  /** Every server that is not hidden. */
  public static final AnalysisScope EVERYTHING = new AnalysisScope(Optional.empty(), true, true);

  public AnalysisScope ofCluster(String name) {
    return new AnalysisScope(Optional.of(name), includeDowntimed, includeHealthy);
  }
}
