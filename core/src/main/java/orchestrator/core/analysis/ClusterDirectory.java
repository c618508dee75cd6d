package orchestrator.core.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.FailedFailovers;
import orchestrator.core.state.Promotions;
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
 * lost in a recovery, replaced (perhaps since it was read), given up or left in an idle ring by a
 * failover that failed, then to the largest: not to the one whose master happens to answer, since
 * that would take the alias from a cluster at the moment its master dies.
 */
public final class ClusterDirectory {
  private final SortedMap<String, ClusterInfo> byName;
  private final Map<String, Claim> claims;
  private final Topology topology;
  private final Basis basis;

  private ClusterDirectory(
      SortedMap<String, ClusterInfo> byName,
      Map<String, Claim> claims,
      Topology topology,
      Basis basis) {
    this.byName = byName;
    this.claims = claims;
    this.topology = topology;
    this.basis = basis;
  }

  public static ClusterDirectory of(
      Topology topology, ReplicatedState state, AnalysisPolicy policy, Instant now) {
    Basis basis = Basis.of(state, policy, now);
    Map<String, Claim> claims = HashMap.newHashMap(topology.clusterNames().size());
    for (String name : topology.clusterNames()) {
      claims.put(name, Claim.of(name, topology.cluster(name), topology, state, basis, now));
    }
    return new ClusterDirectory(settled(claims.values(), policy), claims, topology, basis);
  }

  /**
   * The same as {@link #of}, but what was found out of clusters stands while nothing of them has
   * changed. Costs little while readings alone have changed.
   *
   * @param changes {@link Topology#changesSince} the topology of this one
   */
  ClusterDirectory after(
      Optional<List<Instance>> changes,
      Topology topologyNow,
      ReplicatedState state,
      AnalysisPolicy policy,
      Instant now) {
    if (changes.isEmpty() || !basis.stands(state, policy, now)) {
      return of(topologyNow, state, policy, now);
    }
    Set<String> touched = new HashSet<>();
    changes.get().forEach(read -> touched.add(topologyNow.placeOf(read.key()).clusterName()));
    Map<String, Claim> changed = new HashMap<>();
    for (String name : touched) {
      Claim claim = Claim.of(name, topologyNow.cluster(name), topologyNow, state, basis, now);
      if (!claim.equals(claims.get(name))) {
        changed.put(name, claim);
      }
    }
    if (changed.isEmpty()) {
      return new ClusterDirectory(byName, claims, topologyNow, basis);
    }
    Map<String, Claim> all = new HashMap<>(claims);
    all.putAll(changed);
    return new ClusterDirectory(settled(all.values(), policy), all, topologyNow, basis);
  }

  /** Who is called what, when all have said what they want to be called. */
  private static SortedMap<String, ClusterInfo> settled(
      Collection<Claim> claims, AnalysisPolicy policy) {
    List<Claim> strongestFirst = new ArrayList<>(claims);
    strongestFirst.sort(Claim.STRONGEST_FIRST);
    Set<String> taken = new HashSet<>();
    SortedMap<String, ClusterInfo> byName = new TreeMap<>();
    for (Claim claim : strongestFirst) {
      byName.put(claim.name, info(claim, taken, policy));
    }
    return Collections.unmodifiableSortedMap(byName);
  }

  /**
   * What a directory was made from, beside readings.
   *
   * @param from when it was made
   * @param until when the first downtime ends that says that a server was lost
   * @param replaced masters that were replaced, and are watched
   * @param recoveries that {@code promotions} and {@code failovers} come from
   */
  private record Basis(
      Map<InstanceKey, Downtime> downtimes,
      Map<String, String> aliases,
      Map<InstanceKey, KeptReadOnly> keptReadOnly,
      Set<InstanceKey> replaced,
      Map<String, RecoveryTicket> recoveries,
      Promotions promotions,
      FailedFailovers failovers,
      AnalysisPolicy policy,
      Instant from,
      Instant until) {
    static Basis of(ReplicatedState state, AnalysisPolicy policy, Instant now) {
      Instant until = Instant.MAX;
      for (Downtime downtime : state.downtimes().values()) {
        if (downtime.isLostInRecovery()
            && downtime.isActive(now)
            && downtime.end().isBefore(until)) {
          until = downtime.end();
        }
      }
      return new Basis(
          state.downtimes(),
          state.clusterAliases(),
          state.keptReadOnly(),
          replaced(state),
          state.recoveries(),
          Promotions.of(state.recoveries().values()),
          FailedFailovers.of(state.recoveries().values()),
          policy,
          now,
          until);
    }

    /** There are few. */
    private static Set<InstanceKey> replaced(ReplicatedState state) {
      Set<InstanceKey> replaced = new HashSet<>(state.demoted().keySet());
      replaced.removeIf(key -> state.replacementOf(key).isEmpty());
      return replaced;
    }

    /** By identity: to find that two of them are equal would cost more than it saves. */
    @SuppressWarnings("ReferenceEquality")
    boolean stands(ReplicatedState state, AnalysisPolicy policyNow, Instant now) {
      return policy == policyNow
          && downtimes == state.downtimes()
          && aliases == state.clusterAliases()
          && keptReadOnly == state.keptReadOnly()
          && replaced.equals(replaced(state))
          && (recoveries == state.recoveries()
              || (promotions.equals(Promotions.of(state.recoveries().values()))
                  && failovers.equals(FailedFailovers.of(state.recoveries().values()))))
          && !now.isBefore(from)
          && now.isBefore(until);
    }
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
   *     head was lost in a recovery, was replaced, was given up as a candidate, or was left in an
   *     idle ring
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
        Basis basis,
        Instant now) {
      Instance head = headOf(members, topology);
      Optional<String> override =
          Optional.ofNullable(state.clusterAliases().get(name)).filter(alias -> !alias.isEmpty());
      boolean isAside =
          isAside(head, state, now)
              || basis.promotions.supersede(head)
              || isInIdleRing(head, members, basis.failovers);
      int rank = override.isPresent() ? 0 : isAside ? 2 : 1;
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

    /** One that was given up has no source any more, and its replicas came with it. */
    private static boolean isAside(Instance head, ReplicatedState state, Instant now) {
      boolean isGivenUp = head.readOnly() && state.keptReadOnly().containsKey(head.key());
      return isGivenUp || isLost(head, state, now);
    }

    /** Nobody in it is a master: that one is still in another cluster. */
    private static boolean isInIdleRing(
        Instance head, List<Instance> members, FailedFailovers failovers) {
      return members.stream().anyMatch(other -> failovers.leftInRing(head, other).isPresent());
    }

    /** A person's downtime may have taken the place of ours, and be over. */
    private static boolean isLost(Instance instance, ReplicatedState state, Instant now) {
      Downtime downtime = state.downtimes().get(instance.key());
      return (downtime != null && downtime.isActive(now) && downtime.isLostInRecovery())
          || state.replacementOf(instance.key()).isPresent();
    }
  }
}
