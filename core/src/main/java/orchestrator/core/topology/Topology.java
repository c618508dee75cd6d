package orchestrator.core.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import orchestrator.core.gtid.ErrantGtid;
import org.jspecify.annotations.Nullable;

/**
 * All known servers at one moment, and the graph between them. Immutable; what follows from the
 * graph is computed once, when the snapshot is made.
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

  private final SortedMap<InstanceKey, Instance> instances;
  private final Map<InstanceKey, List<Instance>> replicas;
  private final Map<InstanceKey, Place> places;
  private final SortedMap<String, List<Instance>> clusters;

  /** Made when first asked for, since few ask: racing threads make equal maps. */
  private volatile @Nullable Map<InstanceKey, ErrantGtid> errantGtids;

  private Topology(SortedMap<InstanceKey, Instance> instances) {
    this.instances = instances;
    this.replicas = replicasBySource(instances.values());
    this.places = Places.of(instances);
    this.clusters = byCluster(instances.values(), places);
  }

  public static Topology of(Collection<Instance> instances) {
    SortedMap<InstanceKey, Instance> byKey = new TreeMap<>();
    for (Instance instance : instances) {
      byKey.put(instance.key(), instance);
    }
    return new Topology(Collections.unmodifiableSortedMap(byKey));
  }

  /** All servers, by key. */
  public Collection<Instance> instances() {
    return instances.values();
  }

  public int size() {
    return instances.size();
  }

  public Optional<Instance> find(InstanceKey key) {
    return Optional.ofNullable(instances.get(key));
  }

  /** The servers that claim to replicate from this one, known or not, by key. */
  public List<Instance> replicasOf(InstanceKey source) {
    return replicas.getOrDefault(source, List.of());
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
    Place place = places.get(key);
    if (place == null) {
      throw new IllegalArgumentException("not in this topology: " + key);
    }
    return place;
  }

  /** The name of a known server's cluster; empty for an unknown server. */
  public Optional<String> clusterNameOf(InstanceKey key) {
    return Optional.ofNullable(places.get(key)).map(Place::clusterName);
  }

  /** Members by cluster name, both sorted. */
  public SortedMap<String, List<Instance>> clusters() {
    return clusters;
  }

  /** The members of a cluster by key; empty when there is no such cluster. */
  public List<Instance> cluster(String clusterName) {
    return clusters.getOrDefault(clusterName, List.of());
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

  private static Map<InstanceKey, List<Instance>> replicasBySource(Collection<Instance> all) {
    Map<InstanceKey, List<Instance>> bySource = new HashMap<>();
    for (Instance instance : all) {
      instance
          .claimedSource()
          .ifPresent(key -> bySource.computeIfAbsent(key, k -> new ArrayList<>()).add(instance));
    }
    bySource.replaceAll((key, list) -> Collections.unmodifiableList(list));
    return bySource;
  }

  private static SortedMap<String, List<Instance>> byCluster(
      Collection<Instance> all, Map<InstanceKey, Place> places) {
    SortedMap<String, List<Instance>> byName = new TreeMap<>();
    for (Instance instance : all) {
      Place place = places.get(instance.key());
      if (place != null) {
        byName.computeIfAbsent(place.clusterName(), name -> new ArrayList<>()).add(instance);
      }
    }
    byName.replaceAll((name, list) -> Collections.unmodifiableList(list));
    return Collections.unmodifiableSortedMap(byName);
  }
}
