package orchestrator.core.state;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/**
 * All that the managers agree on: small and live. Equal on every node at the same log index.
 * Changed by {@link StateMachine} only.
 *
 * @param known servers that are to be polled
 * @param names for other names that servers were met by: the name that each is known by
 * @param tags tag values by name, by server; no server has an empty map
 * @param clusterAliases aliases set by people, by cluster name
 * @param clusterLineage for names that clusters had before a failover: the name they have now
 * @param unresolves the names that replicas are to use for a source, by its host name
 * @param keyValues the built-in key-value store
 * @param brake the mass-failure brake as it was pulled last, on or released
 * @param pauses clusters in which nothing is recovered automatically, by name
 * @param detections by id: active ones, and those that an open or blocking recovery answers
 * @param recoveries by uid: open ones, and closed ones until {@link Command.Expire}
 * @param demoted former masters that are watched
 * @param keptReadOnly servers that are to take no writes as replicas
 * @param nodes managers that introduced themselves, by name
 * @param pseudoGtid when markers were injected last, by cluster name
 * @param nextId the id that the next detection or recovery gets
 */
public record ReplicatedState(
    Set<InstanceKey> known,
    Map<InstanceKey, InstanceKey> names,
    Map<InstanceKey, Downtime> downtimes,
    Map<InstanceKey, Maintenance> maintenances,
    Map<InstanceKey, Candidate> candidates,
    Map<InstanceKey, Map<String, String>> tags,
    Map<String, String> clusterAliases,
    Map<String, String> clusterLineage,
    Map<String, Unresolve> unresolves,
    Map<String, Pool> pools,
    Map<String, KeyValue> keyValues,
    boolean recoveriesEnabled,
    Optional<RecoveryBrake> brake,
    Map<String, RecoveryPause> pauses,
    Map<Long, Detection> detections,
    Map<String, RecoveryTicket> recoveries,
    Map<InstanceKey, DemotedMaster> demoted,
    Map<InstanceKey, KeptReadOnly> keptReadOnly,
    Map<String, ManagerNode> nodes,
    Map<String, Instant> pseudoGtid,
    long nextId) {

  public static final ReplicatedState EMPTY =
      new ReplicatedState(
          Set.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          true,
          Optional.empty(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          1);

  /** Copying what is immutable already costs nothing. */
  public ReplicatedState {
    known = Sharing.set(known);
    names = Sharing.map(names);
    downtimes = Sharing.map(downtimes);
    maintenances = Sharing.map(maintenances);
    candidates = Sharing.map(candidates);
    tags = Sharing.mapOfMaps(tags);
    clusterAliases = Sharing.map(clusterAliases);
    clusterLineage = Sharing.map(clusterLineage);
    unresolves = Sharing.map(unresolves);
    pools = Sharing.map(pools);
    keyValues = Sharing.map(keyValues);
    pauses = Sharing.map(pauses);
    detections = Sharing.map(detections);
    recoveries = Sharing.map(recoveries);
    demoted = Sharing.map(demoted);
    keptReadOnly = Sharing.map(keptReadOnly);
    nodes = Sharing.map(nodes);
    pseudoGtid = Sharing.map(pseudoGtid);
    if (nextId < 1) {
      throw new IllegalArgumentException("nextId must be 1 or more, got " + nextId);
    }
  }

  /** The name that a server is known by, whatever name it was met by. */
  public InstanceKey knownAs(InstanceKey name) {
    return names.getOrDefault(name, name);
  }

  /**
   * What holds for a server: the rule that its own query found, which each poll renews, or else a
   * registered one.
   */
  public Optional<PromotionRule> promotionRuleOf(Instance instance, Instant now) {
    return instance
        .classification()
        .promotionRule()
        .or(() ->
            Optional.ofNullable(candidates.get(instance.key()))
                .filter(candidate -> candidate.isActive(now))
                .map(Candidate::rule));
  }

  /**
   * The host name that replicas are to use for a source, if another than its own was registered.
   */
  public Optional<String> nameForReplicas(String hostname, Instant now) {
    return Optional.ofNullable(unresolves.get(hostname))
        .filter(unresolve -> now.isBefore(unresolve.expires()))
        .map(Unresolve::name);
  }

  /**
   * The server itself, or who replaced it as a master, or that one, since. A server that is watched
   * as a demoted master is nobody's master.
   */
  public InstanceKey inForce(InstanceKey master) {
    Set<InstanceKey> seen = new HashSet<>();
    InstanceKey present = master;
    while (seen.add(present)) {
      DemotedMaster replaced = demoted.get(present);
      if (replaced == null) {
        return present;
      }
      present = replaced.successor();
    }
    return master; // a circle, which the rules do not allow
  }

  /** The hosts for which this name was registered for replicas, in order. */
  public List<String> hostsCalled(String name, Instant now) {
    if (unresolves.isEmpty()) {
      return List.of(); // as it mostly is, for each name in each probe
    }
    return unresolves.entrySet().stream()
        .filter(entry -> entry.getValue().name().equalsIgnoreCase(name))
        .filter(entry -> now.isBefore(entry.getValue().expires()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** The name that a cluster has now, after any failovers that renamed it. */
  public String currentClusterName(String clusterName) {
    return clusterLineage.getOrDefault(clusterName, clusterName);
  }

  /**
   * The recovery that has promoted another server in place of this one, which is watched since as a
   * former master. The watch begins with the intent to promote, and alone says nothing.
   */
  public Optional<RecoveryTicket> replacementOf(InstanceKey master) {
    return Optional.ofNullable(demoted.get(master))
        .flatMap(watched -> Optional.ofNullable(recoveries.get(watched.recoveryUid())))
        .filter(ticket -> ticket.promoted().isPresent());
  }

  /** The recovery of a failed server that somebody still has to go on with. */
  public Optional<RecoveryTicket> openRecoveryOf(InstanceKey failed) {
    return recoveries.values().stream()
        .filter(ticket -> ticket.isOpen() && ticket.failed().equals(failed))
        .findAny();
  }

  /**
   * @param written by which entry of the log it was written last, whether or not that changed it;
   *     {@link LogPosition#NONE} for values that are older than this knowledge
   */
  public record KeyValue(String value, LogPosition written) {}

  /** Servers that share a name, until {@code expires}. */
  public record Pool(List<InstanceKey> members, Instant expires) {
    public Pool {
      members = List.copyOf(members);
    }
  }

  /** The host name that replicas are to use for a source, until {@code expires}. */
  public record Unresolve(String name, Instant expires) {}
}
