package orchestrator.core.topology;

import java.util.Optional;

/**
 * What the operator's patterns and {@code Detect…} queries say of a server. Empty texts mean
 * unknown.
 *
 * @param clusterAlias the server's own suggestion; the cluster's alias follows from its head
 * @param promotionRule a rule found by query; empty when the query is not configured or said
 *     nothing valid
 * @param pseudoGtid whether Pseudo-GTID markers are in use
 */
public record Classification(
    String dataCenter,
    String region,
    String physicalEnvironment,
    String instanceAlias,
    String clusterAlias,
    String clusterDomain,
    Optional<PromotionRule> promotionRule,
    boolean pseudoGtid) {
  public static final Classification NONE =
      new Classification("", "", "", "", "", "", Optional.empty(), false);

  public Classification withPseudoGtid(boolean used) {
    return new Classification(
        dataCenter,
        region,
        physicalEnvironment,
        instanceAlias,
        clusterAlias,
        clusterDomain,
        promotionRule,
        used);
  }
}
