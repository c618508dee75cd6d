package orchestrator.core.analysis;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * Which clusters an analysis found sound, and what it looked at: as long as nothing of that
 * changes, they stay so, and need not be judged again. Likewise how the clusters are called.
 * Immutable.
 *
 * <p>A cluster whose verdict may change as time goes by is never among them.
 */
public final class AnalysisMemory {
  public static final AnalysisMemory NONE =
      new AnalysisMemory(
          Topology.EMPTY, ReplicatedState.EMPTY, Optional.empty(), Set.of(), Optional.empty());

  private final Topology topology;
  private final Map<InstanceKey, Downtime> downtimes;
  private final Map<InstanceKey, Maintenance> maintenances;
  private final Map<InstanceKey, DemotedMaster> demoted;
  private final Optional<AnalysisPolicy> policy;
  private final Set<String> doubtful;
  private final Optional<ClusterDirectory> clusters;

  /**
   * @param clusters of this topology, if somebody has asked
   */
  AnalysisMemory(
      Topology topology,
      ReplicatedState state,
      AnalysisPolicy policy,
      Set<String> doubtful,
      Optional<ClusterDirectory> clusters) {
    this(topology, state, Optional.of(policy), doubtful, clusters);
  }

  private AnalysisMemory(
      Topology topology,
      ReplicatedState state,
      Optional<AnalysisPolicy> policy,
      Set<String> doubtful,
      Optional<ClusterDirectory> clusters) {
    this.topology = topology;
    this.downtimes = state.downtimes();
    this.maintenances = state.maintenances();
    this.demoted = state.demoted();
    this.policy = policy;
    this.doubtful = doubtful;
    this.clusters = clusters;
  }

  /** The clusters as they are now. */
  ClusterDirectory clusters(
      Optional<List<Instance>> changes,
      Topology now,
      ReplicatedState state,
      AnalysisPolicy policyNow,
      Instant at) {
    return clusters
        .map(known -> known.after(changes, now, state, policyNow, at))
        .orElseGet(() -> ClusterDirectory.of(now, state, policyNow, at));
  }

  /** {@link Topology#changesSince} the last look. */
  Optional<List<Instance>> changes(Topology now) {
    return now.changesSince(topology);
  }

  /** The names of the clusters that are not known to be sound now. */
  Collection<String> toBeJudged(
      Optional<List<Instance>> changes,
      Topology now,
      ReplicatedState state,
      AnalysisPolicy policyNow) {
    if (changes.isEmpty() || !isTheSame(state, policyNow)) {
      return now.clusterNames();
    }
    Set<String> judged = new HashSet<>(doubtful);
    judged.addAll(touchedBy(changes.get(), now));
    return judged;
  }

  /** By identity: to find that two of them are equal would cost more than it saves. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isTheSame(ReplicatedState state, AnalysisPolicy policyNow) {
    return policy.filter(known -> known == policyNow).isPresent()
        && downtimes == state.downtimes()
        && maintenances == state.maintenances()
        && demoted == state.demoted();
  }

  /** Their clusters, and those whose servers feed these: a group has sources elsewhere. */
  private static Set<String> touchedBy(List<Instance> changes, Topology now) {
    Set<String> own = new HashSet<>();
    changes.forEach(changed -> own.add(now.placeOf(changed.key()).clusterName()));
    Set<String> touched = new HashSet<>(own);
    for (String cluster : own) {
      for (Instance member : now.cluster(cluster)) {
        member.claimedSource().flatMap(now::clusterNameOf).ifPresent(touched::add);
      }
    }
    return touched;
  }
}
