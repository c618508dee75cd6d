package orchestrator.core.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import orchestrator.core.gtid.ErrantGtid;
import org.jspecify.annotations.Nullable;

/**
 * All known servers at one moment, and the graph between them. Immutable.
 *
 * <p>An edge is what a replica claims: its source's key. A group's secondaries hang below its
 * primary.
 */
public final class Topology {
  public static final Topology EMPTY = of(List.of());

  /**
   * The place of a server in its cluster.
   *
   * @param clusterName the key of the cluster's head as text
   * @param depth 0 for the head
   * @param coMaster whether it and its source replicate from each other
   * @param ancestry server UUIDs from the head down to the server itself, each server's followed by
   *     the name of its replication group; servers of a replication ring are ancestors of each
   *     other
   */
  public record Place(String clusterName, int depth, boolean coMaster, List<String> ancestry) {}

  private final Graph graph;

  /** By key; where each one is found is the graph's to say. */
  private final List<Instance> servers;

  /** Made when first asked for, since few ask: racing threads make equal maps. */
  private volatile @Nullable Map<InstanceKey, ErrantGtid> errantGtids;

  private Topology(Graph graph, List<Instance> servers) {
    this.graph = graph;
    this.servers = servers;
  }

  public static Topology of(Collection<Instance> instances) {
    List<Instance> byKey = new ArrayList<>(instances);
    byKey.sort(Comparator.comparing(Instance::key));
    return new Topology(new Graph(byKey), Collections.unmodifiableList(byKey));
  }

  /**
   * The same with some servers as they were read since. Costs little as long as they stand where
   * they stood: the graph, and what was found out of the other servers, is taken over.
   */
  public Topology with(Collection<Instance> read) {
    Instance[] next = servers.toArray(Instance[]::new);
    for (Instance instance : read) {
      int position = graph.position(instance.key());
      if (position < 0 || !Graph.isSame(next[position], instance)) {
        return anew(read);
      }
      next[position] = instance;
    }
    Topology topology = new Topology(graph, Collections.unmodifiableList(Arrays.asList(next)));
    Map<InstanceKey, ErrantGtid> known = errantGtids;
    if (known != null) {
      topology.errantGtids = ErrantGtids.after(known, topology, read);
    }
    return topology;
  }

  private Topology anew(Collection<Instance> read) {
    Map<InstanceKey, Instance> all = HashMap.newHashMap(servers.size() + read.size());
    servers.forEach(instance -> all.put(instance.key(), instance));
    read.forEach(instance -> all.put(instance.key(), instance));
    return of(all.values());
  }

  /**
   * The servers that were read anew since an earlier topology. Empty when more may have changed
   * than readings: a server came or went, or an edge did.
   */
  @SuppressWarnings("ReferenceEquality") // a reading is made once, and passed on
  public Optional<List<Instance>> changesSince(Topology earlier) {
    if (graph != earlier.graph) {
      return Optional.empty();
    }
    List<Instance> changes = new ArrayList<>();
    for (int position = 0; position < servers.size(); position++) {
      Instance server = servers.get(position);
      if (server != earlier.servers.get(position)) {
        changes.add(server);
      }
    }
    return Optional.of(changes);
  }

  /** All servers, by key. */
  public List<Instance> instances() {
    return servers;
  }

  public int size() {
    return servers.size();
  }

  public Optional<Instance> find(InstanceKey key) {
    int position = graph.position(key);
    return position < 0 ? Optional.empty() : Optional.of(servers.get(position));
  }

  /** The servers that claim to replicate from this one, known or not, by key. */
  public List<Instance> replicasOf(InstanceKey source) {
    return at(graph.replicasOf(source));
  }

  private List<Instance> at(int[] positions) {
    List<Instance> found = new ArrayList<>(positions.length);
    for (int position : positions) {
      found.add(servers.get(position));
    }
    return found;
  }

  /** The known server above: the source of a replica, the primary of a group's secondary. */
  public Optional<Instance> sourceOf(Instance instance) {
    return instance.upstreamKey().flatMap(this::find);
  }

  /**
   * Where a known server stands.
   *
   * @throws IllegalArgumentException when the server is not in this topology
   */
  public Place placeOf(InstanceKey key) {
    return graph
        .placeOf(key)
        .orElseThrow(() -> new IllegalArgumentException("not in this topology: " + key));
  }

  /** The name of a known server's cluster; empty for an unknown server. */
  public Optional<String> clusterNameOf(InstanceKey key) {
    return graph.placeOf(key).map(Place::clusterName);
  }

  public SortedSet<String> clusterNames() {
    return graph.clusterNames();
  }

  /** The members of a cluster by key; empty when there is no such cluster. */
  public List<Instance> cluster(String clusterName) {
    return at(graph.cluster(clusterName));
  }

  /**
   * What a server executed that did not come from its source. Nothing for a server without GTIDs of
   * MySQL, or whose source is not known.
   */
  public ErrantGtid errantGtidOf(InstanceKey key) {
    Map<InstanceKey, ErrantGtid> known = errantGtids;
    if (known == null) {
      known = ErrantGtids.of(this);
      errantGtids = known;
    }
    return known.getOrDefault(key, ErrantGtid.NONE);
  }

  /**
   * The masters of a cluster: its head, or both co-masters; writable ones first, then by depth,
   * then by key.
   */
  public List<Instance> mastersOf(String clusterName) {
    List<Instance> masters = new ArrayList<>();
    for (Instance instance : cluster(clusterName)) {
      Place place = placeOf(instance.key());
      if (place.depth() == 0 || place.coMaster()) {
        masters.add(instance);
      }
    }
    masters.sort((left, right) -> {
      int byWritable = Boolean.compare(left.readOnly(), right.readOnly());
      int byDepth = Integer.compare(placeOf(left.key()).depth(), placeOf(right.key()).depth());
      return byWritable != 0
          ? byWritable
          : byDepth != 0 ? byDepth : left.key().compareTo(right.key());
    });
    return masters;
  }
}
