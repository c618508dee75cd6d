package orchestrator.core.state;

import java.time.Instant;
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
import org.pcollections.PMap;
import org.pcollections.PSet;

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
    return value.equals(map.get(key)) ? map : Sharing.map(map).plus(key, value);
  }

  static <K, V> Map<K, V> without(Map<K, V> map, K key) {
    return map.containsKey(key) ? Sharing.map(map).minus(key) : map;
  }

  static <K, V> Map<K, V> keeping(Map<K, V> map, BiPredicate<? super K, ? super V> wanted) {
    PMap<K, V> kept = Sharing.map(map);
    for (Map.Entry<K, V> entry : map.entrySet()) {
      if (!wanted.test(entry.getKey(), entry.getValue())) {
        kept = kept.minus(entry.getKey());
      }
    }
    return kept.size() == map.size() ? map : kept;
  }

  static <T> Set<T> with(Set<T> set, T element) {
    return set.contains(element) ? set : Sharing.set(set).plus(element);
  }

  static <T> Set<T> withoutAll(Set<T> set, Set<T> elements) {
    PSet<T> fewer = Sharing.set(set).minusAll(elements);
    return fewer.size() == set.size() ? set : fewer;
  }

  /** Done, with 1 when a fact was added or removed and 0 when it was so before. */
  static CommandResult done(boolean changed) {
    return new CommandResult.Done(changed ? 1 : 0);
  }
}
