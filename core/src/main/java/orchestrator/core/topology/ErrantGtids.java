package orchestrator.core.topology;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.gtid.ErrantGtid;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.Topology.Place;

/** Compares every replica, and every secondary of a group, with the server above it. */
final class ErrantGtids {
  private ErrantGtids() {}

  /** Only of servers that have something errant, or are ahead of what their source reports. */
  static Map<InstanceKey, ErrantGtid> of(Topology topology) {
    Map<InstanceKey, ErrantGtid> found = new HashMap<>();
    topology.instances().forEach(instance -> update(found, topology, instance));
    return Map.copyOf(found);
  }

  /**
   * The same after some servers were read anew, in a graph that is as it was.
   *
   * @param before what there was before they were
   */
  static Map<InstanceKey, ErrantGtid> after(
      Map<InstanceKey, ErrantGtid> before, Topology topology, Collection<Instance> read) {
    Map<InstanceKey, ErrantGtid> found = new HashMap<>(before);
    for (Instance instance : read) {
      Optional<InstanceKey> key = Optional.of(instance.key());
      update(found, topology, instance);
      topology.cluster(topology.placeOf(instance.key()).clusterName()).stream()
          .filter(member -> member.upstreamKey().equals(key))
          .forEach(below -> update(found, topology, below));
    }
    return Map.copyOf(found);
  }

  private static void update(
      Map<InstanceKey, ErrantGtid> found, Topology topology, Instance instance) {
    ErrantGtid errant = compare(topology, instance);
    if (errant.equals(ErrantGtid.NONE)) {
      found.remove(instance.key());
    } else {
      found.put(instance.key(), errant);
    }
  }

  private static ErrantGtid compare(Topology topology, Instance replica) {
    Optional<OracleGtidSet> own = executed(replica);
    Optional<Instance> source = own.flatMap(set -> topology.sourceOf(replica));
    Optional<OracleGtidSet> above = source.flatMap(ErrantGtids::executed);
    if (own.isEmpty() || source.isEmpty() || above.isEmpty()) {
      return ErrantGtid.NONE;
    }
    Place place = topology.placeOf(replica.key());
    return ErrantGtid.find(
        own.get(),
        above.get(),
        new HashSet<>(place.ancestry()),
        replica.identity().serverUuid(),
        source.get().identity().serverUuid(),
        place.coMaster(),
        isReadLater(source.get(), replica));
  }

  /** Whether the probe that read the source began when the replica had been read. */
  private static boolean isReadLater(Instance source, Instance replica) {
    // Members of a group may commit before their primary does.
    if (source.isGroupMember() || replica.isGroupMember()) {
      return false;
    }
    Optional<Instant> replicaRead = replica.freshness().lastSeen();
    return replicaRead.isPresent() && source.freshness().isReadSince(replicaRead.get());
  }

  private static Optional<OracleGtidSet> executed(Instance instance) {
    return instance
        .gtid()
        .executed()
        .flatMap(
            set -> set instanceof OracleGtidSet oracle ? Optional.of(oracle) : Optional.empty());
  }
}
