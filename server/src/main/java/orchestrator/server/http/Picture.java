package orchestrator.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.analysis.ClusterDirectory;
import orchestrator.core.analysis.ClusterInfo;
import orchestrator.core.analysis.Problem;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.World;

/**
 * A world as one request sees it: with the time of the request, and what the configuration adds.
 */
record Picture(World world, Instant now, ViewSettings settings) {

  Topology topology() {
    return world.topology();
  }

  ReplicatedState state() {
    return world.state();
  }

  /** All clusters, by name. */
  Collection<ClusterInfo> clusters() {
    return ClusterDirectory.of(topology(), state(), settings.analysis(), now).all();
  }

  /** The aliases of the clusters that have one, by cluster name. */
  Map<String, String> aliases() {
    return clusters().stream()
        .filter(cluster -> !cluster.alias().equals(cluster.name()))
        .collect(Collectors.toUnmodifiableMap(ClusterInfo::name, ClusterInfo::alias));
  }

  /** What is known of the cluster of this name, which may have no members. */
  ClusterInfo cluster(String name) {
    return ClusterDirectory.of(topology(), state(), settings.analysis(), now)
        .find(name)
        .orElseGet(() -> ClusterInfo.unknown(name));
  }

  /** The alias of a cluster, if it has one that is not its name. */
  Optional<String> aliasOf(String clusterName) {
    return Optional.ofNullable(aliases().get(clusterName));
  }

  /**
   * The server that took the place of a former master, which is none any more, whatever it says of
   * itself. Empty for others, and until somebody has taken it.
   */
  Optional<InstanceKey> replacementOf(InstanceKey master) {
    return Optional.ofNullable(state().demoted().get(master))
        .filter(demoted ->
            Optional.ofNullable(state().recoveries().get(demoted.recoveryUid()))
                .filter(ticket -> ticket.isOpen() && ticket.promoted().isEmpty())
                .isEmpty())
        .map(demoted -> state().inForce(demoted.successor()));
  }

  Optional<Downtime> downtimeOf(InstanceKey key) {
    return Optional.ofNullable(state().downtimes().get(key)).filter(d -> d.isActive(now));
  }

  PromotionRule promotionRuleOf(Instance instance) {
    return state().promotionRuleOf(instance, now).orElse(PromotionRule.NEUTRAL);
  }

  boolean isRecentlyChecked(Instance instance) {
    return instance.freshness().isCheckedWithin(settings.analysis().recentlyChecked(), now);
  }

  boolean isUpToDate(Instance instance) {
    return instance.freshness().isCheckedWithin(settings.analysis().pollInterval(), now);
  }

  Duration sinceLastSeen(Instance instance) {
    Instant seen = instance.freshness().lastSeen().orElse(now);
    return Duration.between(seen, now);
  }

  /** Transactions that its source never had, as text; empty when there are none. */
  String errantGtidOf(Instance instance) {
    return topology().errantGtidOf(instance.key()).errant().toString();
  }

  /** What is wrong with a server as such, in the words of the API. */
  List<String> problemsOf(Instance instance) {
    return Problem.of(instance, topology().errantGtidOf(instance.key()), settings.analysis(), now)
        .stream()
        .map(Problem::displayName)
        .toList();
  }
}
