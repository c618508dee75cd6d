package orchestrator.core.topology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the edges between servers alone: which of them make a cluster, where each one
 * stands, and who feeds whom. Servers are told by their position among all, by key. Readings change
 * with each probe and edges rarely, so topologies share a graph.
 */
final class Graph {
  private static final int[] NONE = {};

  private final Map<InstanceKey, Integer> positions;
  private final Map<InstanceKey, int[]> replicas;
  private final Map<InstanceKey, Topology.Place> places;
  private final Map<String, int[]> clusters;
  private final SortedSet<String> clusterNames;

  /**
   * @param servers by key
   */
  Graph(List<Instance> servers) {
    Map<InstanceKey, Instance> byKey = HashMap.newHashMap(servers.size());
    positions = HashMap.newHashMap(servers.size());
    Map<InstanceKey, List<Integer>> bySource = new HashMap<>();
    for (int position = 0; position < servers.size(); position++) {
      Instance server = servers.get(position);
      int at = position;
      byKey.put(server.key(), server);
      if (positions.put(server.key(), position) != null) {
        throw new IllegalArgumentException("twice in one topology: " + server.key());
      }
      server.claimedSource().ifPresent(source -> add(bySource, source, at));
    }
    replicas = packed(bySource);
    places = Places.of(byKey);
    Map<String, List<Integer>> byCluster = new HashMap<>();
    for (int position = 0; position < servers.size(); position++) {
      add(byCluster, placeOf(servers.get(position).key()).orElseThrow().clusterName(), position);
    }
    clusters = packed(byCluster);
    clusterNames = Collections.unmodifiableSortedSet(new TreeSet<>(clusters.keySet()));
  }

  private static <K> void add(Map<K, List<Integer>> lists, K key, int position) {
    lists.computeIfAbsent(key, k -> new ArrayList<>()).add(position);
  }

  private static <K> Map<K, int[]> packed(Map<K, List<Integer>> lists) {
    Map<K, int[]> arrays = HashMap.newHashMap(lists.size());
    lists.forEach(
        (key, list) -> arrays.put(key, list.stream().mapToInt(Integer::intValue).toArray()));
    return arrays;
  }

  /** Whether a server that is read anew leaves all of this as it is. */
  static boolean isSame(Instance before, Instance after) {
    return before.claimedSource().equals(after.claimedSource())
        && before.upstreamKey().equals(after.upstreamKey())
        && before.isGroupSecondary() == after.isGroupSecondary()
        && before.identity().serverUuid().equals(after.identity().serverUuid())
        && before
            .group()
            .map(GroupMembership::name)
            .equals(after.group().map(GroupMembership::name));
  }

  /** Negative for a server that is not known. */
  int position(InstanceKey key) {
    @Nullable Integer position = positions.get(key);
    return position == null ? -1 : position;
  }

  /** The servers that claim this one, known or not, as their source. */
  int[] replicasOf(InstanceKey source) {
    return replicas.getOrDefault(source, NONE);
  }

  Optional<Topology.Place> placeOf(InstanceKey key) {
    return Optional.ofNullable(places.get(key));
  }

  int[] cluster(String name) {
    return clusters.getOrDefault(name, NONE);
  }

  SortedSet<String> clusterNames() {
    return clusterNames;
  }
}
