package orchestrator.simulation.judge;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.topology.InstanceKey;

/** Things are as a test says: by default all is well, and has been for an hour. */
final class ToldTruth implements Truth {
  static final InstanceKey A = new InstanceKey("a", 1);
  static final InstanceKey B = new InstanceKey("b", 2);
  static final InstanceKey C = new InstanceKey("c", 3);

  long now = 3_600_000;
  boolean usesGtid = true;
  List<Integer> acting = List.of(1);
  final Set<InstanceKey> dead = new HashSet<>();
  final Set<InstanceKey> writable = new HashSet<>(Set.of(A));
  final Map<InstanceKey, Set<Integer>> has = new HashMap<>();
  final Set<Integer> acknowledged = new HashSet<>();
  final Map<InstanceKey, Set<Integer>> forgotten = new HashMap<>();
  final Set<Integer> twins = new HashSet<>();
  final Map<Integer, InstanceKey> origins = new HashMap<>();
  final Map<InstanceKey, InstanceKey> sources = new HashMap<>(Map.of(B, A, C, A));
  final Set<InstanceKey> elsewhere = new HashSet<>();
  final Set<InstanceKey> stopped = new HashSet<>();
  final Map<InstanceKey, Long> calmSince = new HashMap<>();
  InstanceKey writtenTo = A;
  Optional<String> misplaced = Optional.empty();

  @Override
  public Optional<String> misplaced() {
    return misplaced;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public Instant instant() {
    return Instant.parse("2026-01-15T12:00:00Z").plusMillis(now);
  }

  @Override
  public boolean usesGtid() {
    return usesGtid;
  }

  @Override
  public Collection<InstanceKey> servers() {
    return List.of(A, B, C);
  }

  @Override
  public boolean isWell(InstanceKey server) {
    return !dead.contains(server);
  }

  @Override
  public boolean isWritable(InstanceKey server) {
    return writable.contains(server);
  }

  @Override
  public List<Integer> acting() {
    return acting;
  }

  @Override
  public boolean reach(int manager, InstanceKey server) {
    return true;
  }

  @Override
  public long calmSince(InstanceKey server) {
    return calmSince.getOrDefault(server, 0L);
  }

  @Override
  public long calmBetween(InstanceKey one, InstanceKey other) {
    return 0;
  }

  @Override
  public long calmToManager(int manager, InstanceKey server) {
    return 0;
  }

  @Override
  public boolean isReplicating(InstanceKey replica, InstanceKey source) {
    return !dead.contains(source) && !replica.equals(source) && !stopped.contains(replica);
  }

  @Override
  public Set<Integer> fetched(InstanceKey server) {
    return executed(server);
  }

  @Override
  public Set<Integer> executed(InstanceKey server) {
    return new HashSet<>(has.getOrDefault(server, Set.of()));
  }

  @Override
  public boolean isQuick(InstanceKey server) {
    return true;
  }

  @Override
  public Optional<InstanceKey> sourceOf(InstanceKey server) {
    return Optional.ofNullable(sources.get(server));
  }

  @Override
  public Set<Integer> acknowledged() {
    return acknowledged;
  }

  @Override
  public Set<Integer> acknowledgedBySemiSync() {
    return acknowledged;
  }

  @Override
  public Set<Integer> forgottenInCrash() {
    return forgotten.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  @Override
  public boolean hasForgotten(InstanceKey server) {
    return executed(server).stream().anyMatch(forgottenInCrash()::contains);
  }

  @Override
  public Set<Integer> forgottenBy(InstanceKey server) {
    return forgotten.getOrDefault(server, Set.of());
  }

  @Override
  public boolean isIndistinct(int transaction) {
    return twins.contains(transaction);
  }

  @Override
  public boolean isOrigin(InstanceKey server, int transaction) {
    return server.equals(origins.get(transaction));
  }

  @Override
  public boolean onlyOtherCoMaster() {
    return true;
  }

  @Override
  public boolean mayReplace(InstanceKey failed, InstanceKey candidate) {
    return !elsewhere.contains(candidate);
  }

  @Override
  public boolean isLoggedFrom(InstanceKey server, BinlogCoordinates place, int transaction) {
    return transaction >= place.logPos();
  }

  @Override
  public boolean names(GtidDifference set, int transaction) {
    return false;
  }

  @Override
  public boolean isWrittenTo(InstanceKey server) {
    return server.equals(writtenTo);
  }
}
