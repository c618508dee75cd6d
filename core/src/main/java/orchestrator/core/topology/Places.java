package orchestrator.core.topology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.topology.Topology.Place;

/** Finds the place of every server: walks each one up to its head, remembering what it passes. */
final class Places {
  private final Map<InstanceKey, Instance> instances;
  private final Map<InstanceKey, Place> found;

  private Places(Map<InstanceKey, Instance> instances) {
    this.instances = instances;
    this.found = HashMap.newHashMap(instances.size());
  }

  static Map<InstanceKey, Place> of(Map<InstanceKey, Instance> instances) {
    Places places = new Places(instances);
    for (Instance instance : instances.values()) {
      places.resolve(instance);
    }
    return places.found;
  }

  private void resolve(Instance start) {
    List<Instance> path = new ArrayList<>();
    Set<InstanceKey> onPath = new HashSet<>();
    Optional<Instance> next = Optional.of(start);
    while (next.isPresent()
        && !found.containsKey(next.get().key())
        && onPath.add(next.get().key())) {
      path.add(next.get());
      next = above(next.get());
    }
    if (next.isPresent() && !found.containsKey(next.get().key())) {
      placeRing(path.subList(path.indexOf(next.get()), path.size()));
    }
    for (int i = path.size() - 1; i >= 0; i--) {
      placeBelow(path.get(i));
    }
  }

  private Optional<Instance> above(Instance instance) {
    return instance.upstreamKey().flatMap(key -> Optional.ofNullable(instances.get(key)));
  }

  private void placeBelow(Instance instance) {
    if (found.containsKey(instance.key())) {
      return;
    }
    Optional<Place> parent =
        above(instance).flatMap(source -> Optional.ofNullable(found.get(source.key())));
    found.put(
        instance.key(),
        new Place(
            parent.map(Place::clusterName).orElse(instance.key().displayString()),
            parent.map(place -> place.depth() + 1).orElse(0),
            false,
            lineage(parent.map(Place::ancestry).orElse(List.of()), List.of(instance))));
  }

  /**
   * Servers that replicate in a circle: two of them are co-masters. The one with the smallest key
   * is the head, so that the cluster's name does not depend on who is writable. Each may hold
   * transactions of each other one, so all are ancestors of all.
   */
  private void placeRing(List<Instance> ring) {
    Instance head = Collections.min(ring, Comparator.comparing(Instance::key));
    boolean coMasters = ring.size() == 2 && ring.stream().noneMatch(Instance::isGroupSecondary);
    String name = head.key().displayString();
    // The path runs from replica to source; from the head down it runs the other way.
    List<Instance> down = new ArrayList<>(ring);
    Collections.reverse(down);
    Collections.rotate(down, -down.indexOf(head));
    List<String> ancestry = lineage(List.of(), down);
    for (int depth = 0; depth < down.size(); depth++) {
      found.put(down.get(depth).key(), new Place(name, depth, coMasters, ancestry));
    }
  }

  private static List<String> lineage(List<String> above, List<Instance> members) {
    List<String> lineage = new ArrayList<>(above);
    for (Instance member : members) {
      addNew(lineage, member.identity().serverUuid());
      // A group's transactions carry its name instead of a member's UUID.
      member.group().map(GroupMembership::name).ifPresent(name -> addNew(lineage, name));
    }
    return List.copyOf(lineage);
  }

  private static void addNew(List<String> lineage, String uuid) {
    if (!uuid.isEmpty() && !lineage.contains(uuid)) {
      lineage.add(uuid);
    }
  }
}
