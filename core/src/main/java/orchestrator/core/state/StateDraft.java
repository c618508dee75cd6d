package orchestrator.core.state;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
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
import orchestrator.core.topology.InstanceKey;

/**
 * A state in the making. Fields are replaced, never altered in place: what a command does not touch
 * is shared with the state before.
 */
final class StateDraft {
  private final ReplicatedState base;
  private final LogPosition position;
  Set<InstanceKey> known;
  Map<InstanceKey, InstanceKey> names;
  Map<InstanceKey, Downtime> downtimes;
  Map<InstanceKey, Maintenance> maintenances;
  Map<InstanceKey, Candidate> candidates;
  Map<InstanceKey, Map<String, String>> tags;
  Map<String, String> clusterAliases;
  Map<String, String> clusterLineage;
  Map<String, ReplicatedState.Unresolve> unresolves;
  Map<String, ReplicatedState.Pool> pools;
  Map<String, ReplicatedState.KeyValue> keyValues;
  boolean recoveriesEnabled;
  Optional<RecoveryBrake> brake;
  Map<String, RecoveryPause> pauses;
  Map<Long, Detection> detections;
  Map<String, RecoveryTicket> recoveries;
  Map<InstanceKey, DemotedMaster> demoted;
  Map<InstanceKey, KeptReadOnly> keptReadOnly;
  Map<String, ManagerNode> nodes;
  Map<String, Instant> pseudoGtid;
  long nextId;

  StateDraft(ReplicatedState base, LogPosition position) {
    this.base = base;
    this.position = position;
    known = base.known();
    names = base.names();
    downtimes = base.downtimes();
    maintenances = base.maintenances();
    candidates = base.candidates();
    tags = base.tags();
    clusterAliases = base.clusterAliases();
    clusterLineage = base.clusterLineage();
    unresolves = base.unresolves();
    pools = base.pools();
    keyValues = base.keyValues();
    recoveriesEnabled = base.recoveriesEnabled();
    brake = base.brake();
    pauses = base.pauses();
    detections = base.detections();
    recoveries = base.recoveries();
    demoted = base.demoted();
    keptReadOnly = base.keptReadOnly();
    nodes = base.nodes();
    pseudoGtid = base.pseudoGtid();
    nextId = base.nextId();
  }

  /** The state before. */
  ReplicatedState base() {
    return base;
  }

  /** Where the command stands in the log. */
  LogPosition position() {
    return position;
  }

  /** The state before, when nothing was replaced. */
  @SuppressWarnings("ReferenceEquality") // the helpers below return the same object for no change
  ReplicatedState build() {
    boolean same =
        known == base.known()
            && names == base.names()
            && downtimes == base.downtimes()
            && maintenances == base.maintenances()
            && candidates == base.candidates()
            && tags == base.tags()
            && clusterAliases == base.clusterAliases()
            && clusterLineage == base.clusterLineage()
            && unresolves == base.unresolves()
            && pools == base.pools()
            && keyValues == base.keyValues()
            && recoveriesEnabled == base.recoveriesEnabled()
            && brake.equals(base.brake())
            && pauses == base.pauses()
            && detections == base.detections()
            && recoveries == base.recoveries()
            && demoted == base.demoted()
            && keptReadOnly == base.keptReadOnly()
            && nodes == base.nodes()
            && pseudoGtid == base.pseudoGtid()
            && nextId == base.nextId();
    return same ? base : copy();
  }

  private ReplicatedState copy() {
    return new ReplicatedState(
        known,
        names,
        downtimes,
        maintenances,
        candidates,
        tags,
        clusterAliases,
        clusterLineage,
        unresolves,
        pools,
        keyValues,
        recoveriesEnabled,
        brake,
        pauses,
        detections,
        recoveries,
        demoted,
        keptReadOnly,
        nodes,
        pseudoGtid,
        nextId);
  }

  long takeId() {
    return nextId++;
  }

  static <K, V> Map<K, V> with(Map<K, V> map, K key, V value) {
    if (value.equals(map.get(key))) {
      return map;
    }
    Map<K, V> more = new HashMap<>(map);
    more.put(key, value);
    return Map.copyOf(more);
  }

  static <K, V> Map<K, V> without(Map<K, V> map, K key) {
    return keeping(map, (entryKey, value) -> !entryKey.equals(key));
  }

  static <K, V> Map<K, V> keeping(Map<K, V> map, BiPredicate<? super K, ? super V> wanted) {
    Map<K, V> kept = new HashMap<>(map);
    kept.entrySet().removeIf(entry -> !wanted.test(entry.getKey(), entry.getValue()));
    return kept.size() == map.size() ? map : Map.copyOf(kept);
  }

  static <T> Set<T> with(Set<T> set, T element) {
    if (set.contains(element)) {
      return set;
    }
    Set<T> more = new HashSet<>(set);
    more.add(element);
    return Set.copyOf(more);
  }

  static <T> Set<T> withoutAll(Set<T> set, Set<T> elements) {
    Set<T> fewer = new HashSet<>(set);
    return fewer.removeAll(elements) ? Set.copyOf(fewer) : set;
  }

  /** Done, with 1 when a fact was added or removed and 0 when it was so before. */
  static CommandResult done(boolean changed) {
    return new CommandResult.Done(changed ? 1 : 0);
  }
}
