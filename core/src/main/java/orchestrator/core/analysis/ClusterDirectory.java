package orchestrator.core.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * All clusters with their aliases, domains and recovery rules.
 *
 * <p>Alias of a cluster: what people set; else what its head suggests; else what the best of its
 * other members suggests; else the pattern that its name matches; else its name. An alias stands
 * for one cluster only. Of several that suggest the same, it goes to the one whose head was not
 * lost in a recovery, then to the largest: not to the one whose master happens to answer, since
 * that would take the alias from a cluster at the moment its master dies.
 */
public final class ClusterDirectory {
  private final SortedMap<String, ClusterInfo> byName;
  private final Topology topology;

  private ClusterDirectory(SortedMap<String, ClusterInfo> byName, Topology topology) {
    this.byName = Collections.unmodifiableSortedMap(byName);
    this.topology = topology;
  }

  public static ClusterDirectory of(
      Topology topology, ReplicatedState state, AnalysisPolicy policy, Instant now) {
    List<Claim> claims = new ArrayList<>();
    for (String name : topology.clusterNames()) {
      claims.add(Claim.of(name, topology.cluster(name), topology, state, now));
    }
    claims.sort(Claim.STRONGEST_FIRST);
    Set<String> taken = new HashSet<>();
    SortedMap<String, ClusterInfo> byName = new TreeMap<>();
    for (Claim claim : claims) {
      byName.put(claim.name, info(claim, taken, policy));
    }
    return new ClusterDirectory(byName, topology);
  }

  private static ClusterInfo info(Claim claim, Set<String> taken, AnalysisPolicy policy) {
    String alias =
        claim
            .alias
            .or(() -> policy.aliasByName().apply(claim.name))
            .filter(wanted -> !wanted.isEmpty() && taken.add(wanted))
            .orElse(claim.name);
    return new ClusterInfo(
        claim.name,
        alias,
        claim.domain,
        claim.members,
        policy.recoverMasters().matches(claim.name, alias),
        policy.recoverIntermediateMasters().matches(claim.name, alias));
  }

  /** All clusters, by name. */
  public Collection<ClusterInfo> all() {
    return byName.values();
  }

  public Optional<ClusterInfo> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The cluster with exactly this alias, or else with this name. */
  public Optional<ClusterInfo> findByAlias(String alias) {
    return byName.values().stream()
        .filter(cluster -> cluster.alias().equals(alias))
        .findFirst()
        .or(() -> find(alias));
  }

  /** The cluster of a known server. */
  public Optional<ClusterInfo> of(InstanceKey key) {
    return topology.clusterNameOf(key).flatMap(this::find);
  }

  /**
   * What a cluster wants to be called.
   *
   * @param rank 0 for an alias set by people, 1 for a suggested one, 2 for one of a cluster whose
   *     head was lost in a recovery
   */
  private record Claim(
      String name, Optional<String> alias, String domain, int members, int rank, boolean writable) {
    static final Comparator<Claim> STRONGEST_FIRST =
        Comparator.comparingInt(Claim::rank)
            .thenComparing(Comparator.comparingInt(Claim::members).reversed())
            .thenComparing(claim -> !claim.writable)
            .thenComparing(Claim::name);

    static Claim of(
        String name,
        List<Instance> members,
        Topology topology,
        ReplicatedState state,
        Instant now) {
      Instance head = headOf(members, topology);
      Optional<String> override =
          Optional.ofNullable(state.clusterAliases().get(name)).filter(alias -> !alias.isEmpty());
      int rank = override.isPresent() ? 0 : isLost(head, state, now) ? 2 : 1;
      return new Claim(
          name,
          override.or(() -> suggested(head, members, state, now)),
          domainOf(head, members),
          members.size(),
          rank,
          head.isLastCheckValid() && !head.readOnly());
    }

    private static Instance headOf(List<Instance> members, Topology topology) {
      for (Instance member : members) {
        if (topology.placeOf(member.key()).depth() == 0) {
          return member;
        }
      }
      return members.getFirst();
    }

    /** The head's; right after a failover that may not be known yet, but the others' is. */
    private static String domainOf(Instance head, List<Instance> members) {
      String own = head.classification().clusterDomain();
      return !own.isEmpty()
          ? own
          : members.stream()
              .map(member -> member.classification().clusterDomain())
              .filter(domain -> !domain.isEmpty())
              .findFirst()
              .orElse("");
    }

    private static Optional<String> suggested(
        Instance head, List<Instance> members, ReplicatedState state, Instant now) {
      String own = head.classification().clusterAlias();
      if (!own.isEmpty()) {
        return Optional.of(own);
      }
      return members.stream()
          .filter(member -> !member.classification().clusterAlias().isEmpty())
          .filter(member -> !isLost(member, state, now))
          .min(
              Comparator.comparing((Instance member) -> !member.isLastCheckValid())
                  .thenComparing(Instance::readOnly)
                  .thenComparing(Instance::key))
          .map(member -> member.classification().clusterAlias());
    }

    private static boolean isLost(Instance instance, ReplicatedState state, Instant now) {
      Downtime downtime = state.downtimes().get(instance.key());
      return downtime != null && downtime.isActive(now) && downtime.isLostInRecovery();
    }
  }
}
