package orchestrator.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.ClusterDirectory;
import orchestrator.core.analysis.ClusterInfo;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;
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

  /** What is known of the cluster of this name, which may have no members. */
  ClusterInfo cluster(String name) {
    return ClusterDirectory.of(topology(), state(), settings.analysis(), now)
        .find(name)
        .orElseGet(() -> ClusterInfo.unknown(name));
  }

  Optional<Downtime> downtimeOf(InstanceKey key) {
    return Optional.ofNullable(state().downtimes().get(key)).filter(d -> d.isActive(now));
  }

  /** A registered rule, else what the server itself says, else neutral. */
  PromotionRule promotionRuleOf(Instance instance) {
    return Optional.ofNullable(state().candidates().get(instance.key()))
        .filter(c -> c.isActive(now))
        .map(Candidate::rule)
        .or(() -> instance.classification().promotionRule())
        .orElse(PromotionRule.NEUTRAL);
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
    List<String> problems = new ArrayList<>();
    checkProblem(instance).ifPresent(problems::add);
    if (!topology().errantGtidOf(instance.key()).errant().isEmpty()) {
      problems.add("errant_gtid");
    }
    if (instance.group().filter(g -> g.isMember() && !g.state().equals("ONLINE")).isPresent()) {
      problems.add("group_replication_member_not_online");
    }
    return problems;
  }

  /** The first that applies: what follows from a stale read is no statement about replication. */
  private Optional<String> checkProblem(Instance instance) {
    if (!instance.isLastCheckValid()) {
      return Optional.of("last_check_invalid");
    }
    if (!isRecentlyChecked(instance)) {
      return Optional.of("not_recently_checked");
    }
    if (instance.isReplica() && !instance.isReplicating()) {
      return Optional.of("not_replicating");
    }
    return instance.replication().filter(this::isLagging).map(row -> "replication_lag");
  }

  private boolean isLagging(Replication row) {
    long reasonable = settings.analysis().reasonableLag().toSeconds();
    return row.lagSeconds().isPresent()
        && Math.abs(row.lagSeconds().getAsLong() - row.sqlDelaySeconds()) > reasonable;
  }
}
