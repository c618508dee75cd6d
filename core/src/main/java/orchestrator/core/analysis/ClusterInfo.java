package orchestrator.core.analysis;

/**
 * A cluster at a glance.
 *
 * @param name the key of its head as text
 * @param alias never empty: the name when there is no other
 * @param domain empty when unknown
 * @param countInstances how many servers belong to it, in whatever state
 * @param hasAutomatedMasterRecovery whether a dead master is replaced without being asked
 * @param hasAutomatedIntermediateMasterRecovery the same for an intermediate master
 */
public record ClusterInfo(
    String name,
    String alias,
    String domain,
    int countInstances,
    boolean hasAutomatedMasterRecovery,
    boolean hasAutomatedIntermediateMasterRecovery) {

  /** Of a cluster of which nothing is known but its name. */
  public static ClusterInfo unknown(String name) {
    return new ClusterInfo(name, name, "", 0, false, false);
  }
}
