package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * The servers around a failed one, as last read.
 *
 * @param source the server that it replicates from, or the one that has replaced that
 * @param siblings the other replicas of that server
 * @param members the known other members of its replication group
 * @param formerSource the server that it replicates from, replaced or not
 * @param promotedWith what {@code source} had when it replaced that, if it did and this is known
 * @param below the servers that get everything through a direct replica, as last read. Further down
 *     than one tier only below those that did not answer
 * @param directReplicaAbove of each of them, the direct replica through which it gets everything
 * @param above the servers above the failed one and above the one that has replaced its source, as
 *     last read
 */
public record Surroundings(
    Optional<Instance> source,
    List<Instance> siblings,
    List<Instance> members,
    Optional<Instance> formerSource,
    Optional<GtidSet> promotedWith,
    SortedMap<InstanceKey, Instance> below,
    SortedMap<InstanceKey, InstanceKey> directReplicaAbove,
    List<Instance> above) {
  public static final Surroundings NONE =
      new Surroundings(
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          List.of());

  public Surroundings {
    siblings = List.copyOf(siblings);
    members = List.copyOf(members);
    below = Collections.unmodifiableSortedMap(new TreeMap<>(below));
    directReplicaAbove = Collections.unmodifiableSortedMap(new TreeMap<>(directReplicaAbove));
    above = List.copyOf(above);
  }

  /**
   * @param replicas of the failed server: they are not among those around it
   */
  static Surroundings of(
      InstanceKey failed,
      Collection<InstanceKey> replicas,
      Topology topology,
      ReplicatedState state) {
    Optional<Instance> server = topology.find(failed);
    Optional<InstanceKey> above = server.flatMap(Instance::upstreamKey);
    Optional<InstanceKey> present = above.map(state::inForce);
    NavigableMap<InstanceKey, Instance> siblings = new TreeMap<>();
    Stream.of(above, present)
        .flatMap(Optional::stream)
        .flatMap(key -> topology.replicasOf(key).stream())
        .filter(sibling -> !sibling.key().equals(failed) && !replicas.contains(sibling.key()))
        .forEach(sibling -> siblings.put(sibling.key(), sibling));
    present.ifPresent(siblings::remove);
    SortedMap<InstanceKey, InstanceKey> branches = branches(failed, replicas, topology);
    SortedMap<InstanceKey, Instance> below = new TreeMap<>();
    branches.keySet().forEach(key -> topology.find(key).ifPresent(s -> below.put(key, s)));
    return new Surroundings(
        present.flatMap(topology::find),
        List.copyOf(siblings.values()),
        membersWith(server, topology),
        above.flatMap(topology::find),
        above
            .map(state.demoted()::get)
            .map(demoted -> state.recoveries().get(demoted.recoveryUid()))
            .filter(ticket -> ticket.promoted().equals(present))
            .flatMap(ticket -> ticket.loss().promotedExecuted()),
        below,
        branches,
        upwards(failed, Stream.of(above, present).flatMap(Optional::stream).toList(), topology));
  }

  private static List<Instance> upwards(
      InstanceKey failed, Collection<InstanceKey> from, Topology topology) {
    Set<InstanceKey> seen = new HashSet<>(Set.of(failed));
    List<Instance> above = new ArrayList<>();
    for (InstanceKey key : from) {
      Optional<Instance> server = topology.find(key);
      while (server.filter(found -> seen.add(found.key())).isPresent()) {
        above.add(server.get());
        server = topology.sourceOf(server.get());
      }
    }
    return above;
  }

  private static SortedMap<InstanceKey, InstanceKey> branches(
      InstanceKey failed, Collection<InstanceKey> replicas, Topology topology) {
    Set<InstanceKey> seen = new HashSet<>(replicas);
    seen.add(failed);
    SortedMap<InstanceKey, InstanceKey> branches = new TreeMap<>();
    for (InstanceKey replica : replicas) {
      List<InstanceKey> found = new ArrayList<>();
      descend(replica, topology, seen, found);
      found.forEach(server -> branches.put(server, replica));
    }
    return branches;
  }

  private static void descend(
      InstanceKey from, Topology topology, Set<InstanceKey> seen, List<InstanceKey> found) {
    for (Instance server : topology.replicasOf(from)) {
      if (seen.add(server.key())) {
        found.add(server.key());
        if (!server.isLastCheckValid()) {
          descend(server.key(), topology, seen, found);
        }
      }
    }
  }

  private static List<Instance> membersWith(Optional<Instance> server, Topology topology) {
    return server.flatMap(Instance::group).map(GroupMembership::members).stream()
        .flatMap(Set::stream)
        .filter(key -> !server.map(Instance::key).equals(Optional.of(key)))
        .sorted()
        .map(topology::find)
        .flatMap(Optional::stream)
        .toList();
  }

  Optional<Instance> lastReadAbove(InstanceKey key) {
    return above.stream().filter(server -> server.key().equals(key)).findFirst();
  }

  /** Each once, but for those below replicas, and those further up. */
  public List<Instance> all() {
    SortedMap<InstanceKey, Instance> all = new TreeMap<>();
    source.ifPresent(server -> all.put(server.key(), server));
    siblings.forEach(server -> all.put(server.key(), server));
    members.forEach(server -> all.put(server.key(), server));
    return new ArrayList<>(all.values());
  }
}
