package orchestrator.core.analysis;

/** A rule of the configuration on clusters, such as {@code RecoverMasterClusterFilters}. */
@FunctionalInterface
public interface ClusterRule {
  ClusterRule NO_CLUSTER = (name, alias) -> false;
  ClusterRule EVERY_CLUSTER = (name, alias) -> true;

  /**
   * Whether the rule holds for a cluster.
   *
   * @param alias the cluster's alias; its name when it has none
   */
  boolean matches(String name, String alias);
}
