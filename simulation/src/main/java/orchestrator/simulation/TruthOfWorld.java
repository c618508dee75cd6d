package orchestrator.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.MariaDbGtidDifference;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.topology.InstanceKey;
import orchestrator.simulation.judge.Truth;

/** What is so, for those who judge. */
final class TruthOfWorld implements Truth {
  private final World world;

  /** By site, and by pair of sites: until when something was wrong. */
  private final Map<Integer, Long> sites = new HashMap<>();

  private final Map<Long, Long> links = new HashMap<>();
  private final Map<Integer, Transaction> written = new HashMap<>();
  private final Set<Integer> forgotten = new HashSet<>();
  private final Map<InstanceKey, Set<Integer>> forgottenBy = new HashMap<>();

  /** The last transaction of each GTID. */
  private final Map<String, Integer> byGtid = new HashMap<>();

  private final Set<Integer> indistinct = new HashSet<>();
  private final List<InstanceKey> keys = new ArrayList<>();
  private List<Integer> acting = List.of();
  private Optional<String> misplaced = Optional.empty();

  TruthOfWorld(World world) {
    this.world = world;
  }

  void knows(InstanceKey key) {
    keys.add(key);
  }

  /** Something is wrong with a site until that moment. */
  void troubled(int site, long until) {
    sites.merge(site, until, Math::max);
  }

  void troubled(int one, int other, long until) {
    links.merge(link(one, other), until, Math::max);
  }

  private static long link(int one, int other) {
    return Math.min(one, other) * 1000L + Math.max(one, other);
  }

  void wrote(Transaction transaction) {
    written.put(transaction.id(), transaction);
    Integer before = byGtid.put(gtidOf(transaction), transaction.id());
    if (before != null) {
      indistinct.addAll(List.of(before, transaction.id()));
    }
  }

  private static String gtidOf(Transaction transaction) {
    return transaction.origin() + ":" + transaction.number();
  }

  void forgot(InstanceKey server, Transaction transaction) {
    forgotten.add(transaction.id());
    forgottenBy.computeIfAbsent(server, key -> new HashSet<>()).add(transaction.id());
  }

  /** A replica applies what it has: on a real server it would be broken, or worse. */
  void appliesTwice(SimServer replica, Transaction transaction) {
    misplaced =
        misplaced.or(() -> Optional.of(replica.key + " applies twice: " + transaction.id()));
  }

  /**
   * A replica goes on at a place in its source's log, and must have all that is before. If that log
   * had lost its end in a crash, it goes on in another file: by place this replica has more from
   * now on than those that kept the lost end.
   */
  void goesOn(SimServer replica, SimServer source, int before) {
    indistinct.addAll(forgottenBy.getOrDefault(source.key, Set.of()));
    List<Integer> missed =
        source.log.subList(0, before).stream()
            .filter(transaction -> !transaction.local() && !replica.hasFetched(transaction))
            .map(Transaction::id)
            .filter(id -> !indistinct.contains(id))
            .toList();
    if (!missed.isEmpty()) {
      misplaced =
          misplaced.or(() ->
              Optional.of(replica.key + " replicates from " + source.key + " without " + missed));
    }
  }

  @Override
  public Optional<String> misplaced() {
    return misplaced;
  }

  @Override
  public long now() {
    return world.now();
  }

  @Override
  public Instant instant() {
    return world.instant();
  }

  @Override
  public boolean usesGtid() {
    return !world.scenario.withoutGtid;
  }

  @Override
  public Collection<InstanceKey> servers() {
    return keys;
  }

  @Override
  public boolean isWell(InstanceKey key) {
    return world.server(key).isWell();
  }

  @Override
  public boolean isWritable(InstanceKey key) {
    SimServer server = world.server(key);
    return server.isWell() && !server.readOnly;
  }

  /** Something has happened. */
  void refresh() {
    int count = 0;
    int last = -1;
    for (Manager manager : world.managers) {
      if (manager.isAwake() && world.group.leads(manager.node)) {
        count++;
        last = manager.node;
      }
    }
    boolean same = count == acting.size() && (count == 0 || acting.getLast() == last);
    if (!same) {
      acting =
          world.managers.stream()
              .filter(manager -> manager.isAwake() && world.group.leads(manager.node))
              .map(manager -> manager.node)
              .toList();
    }
  }

  @Override
  public List<Integer> acting() {
    return acting;
  }

  @Override
  public boolean reach(int manager, InstanceKey key) {
    SimServer server = world.server(key);
    return !server.refusing && world.network.isWhole(world.siteOf(manager), server.index);
  }

  private long site(int site) {
    return sites.getOrDefault(site, 0L);
  }

  private long calm(int one, int other) {
    return Math.max(links.getOrDefault(link(one, other), 0L), Math.max(site(one), site(other)));
  }

  @Override
  public long calmSince(InstanceKey key) {
    int index = world.server(key).index;
    long since = site(index);
    for (int other = 0; other < world.clientSite(); other++) {
      since = Math.max(since, links.getOrDefault(link(index, other), 0L));
    }
    return since;
  }

  @Override
  public long calmBetween(InstanceKey one, InstanceKey other) {
    return calm(world.server(one).index, world.server(other).index);
  }

  @Override
  public long calmToManager(int manager, InstanceKey key) {
    return calm(world.siteOf(manager), world.server(key).index);
  }

  @Override
  public boolean isReplicating(InstanceKey replica, InstanceKey source) {
    return Replicator.isConnected(world.server(replica), world.server(source));
  }

  @Override
  public Set<Integer> fetched(InstanceKey key) {
    Set<Integer> all = executed(key);
    world.server(key).relay.stream()
        .filter(transaction -> !transaction.local())
        .forEach(transaction -> all.add(transaction.id()));
    return all;
  }

  @Override
  public Set<Integer> executed(InstanceKey key) {
    Set<Integer> all = new HashSet<>();
    world.server(key).log.stream()
        .filter(transaction -> !transaction.local())
        .forEach(transaction -> all.add(transaction.id()));
    return all;
  }

  @Override
  public boolean isQuick(InstanceKey key) {
    SimServer server = world.server(key);
    return server.applyMillis <= 20
        && server.latencyMillis < 50
        && server.sqlError.isEmpty()
        && server.sqlRunning
        && server.logsUpdates;
  }

  @Override
  public Optional<InstanceKey> sourceOf(InstanceKey key) {
    return world.server(key).source;
  }

  @Override
  public Set<Integer> acknowledged() {
    return world.clients.acknowledged;
  }

  @Override
  public Set<Integer> acknowledgedBySemiSync() {
    return world.clients.acknowledgedBySemiSync;
  }

  @Override
  public Set<Integer> forgottenInCrash() {
    return forgotten;
  }

  @Override
  public boolean hasForgotten(InstanceKey key) {
    return world.server(key).log.stream()
        .anyMatch(transaction -> forgotten.contains(transaction.id()));
  }

  @Override
  public Set<Integer> forgottenBy(InstanceKey key) {
    return forgottenBy.getOrDefault(key, Set.of());
  }

  @Override
  public boolean isIndistinct(int transaction) {
    return indistinct.contains(transaction);
  }

  @Override
  public boolean isOrigin(InstanceKey server, int id) {
    Transaction transaction = written.get(id);
    return transaction != null && transaction.origin() == world.server(server).index;
  }

  @Override
  public boolean onlyOtherCoMaster() {
    return world.scenario.policy.promotion().onlyOtherCoMaster();
  }

  @Override
  public boolean mayReplace(InstanceKey failed, InstanceKey candidate) {
    RecoveryPolicy.Promotion limits = world.scenario.policy.promotion();
    boolean coMasters =
        sourceOf(failed).equals(Optional.of(candidate))
            && sourceOf(candidate).equals(Optional.of(failed));
    return (coMasters && !world.server(candidate).readOnly)
        || !(limits.preventCrossDataCenter() || limits.preventCrossRegion())
        || world.server(failed).dataCenter.equals(world.server(candidate).dataCenter);
  }

  @Override
  public boolean isLoggedFrom(InstanceKey key, BinlogCoordinates place, int id) {
    SimServer server = world.server(key);
    OptionalInt before =
        server.places.map(stand -> stand.files.countBefore(place)).orElseGet(OptionalInt::empty);
    return before.isEmpty()
        || server.log.stream()
            .skip(before.getAsInt())
            .anyMatch(transaction -> transaction.id() == id);
  }

  @Override
  public boolean names(GtidDifference set, int id) {
    Transaction transaction = written.get(id);
    if (transaction == null) {
      return false;
    }
    return switch (set) {
      case OracleGtidSet oracle ->
          oracle.contains(
              OracleGtidSet.EMPTY.plus(
                  SimServer.uuidOf(transaction.origin()),
                  "",
                  transaction.number(),
                  transaction.number()));
      // Of MariaDB only positions are known: whatever is uncovered is meant.
      // Who wrote others than the last one of a range is not known, nor told.
      case MariaDbGtidDifference mariaDb ->
          mariaDb.ranges().stream()
              .anyMatch(range ->
                  range.first() <= transaction.number() && transaction.number() <= range.last());
    };
  }

  @Override
  public boolean isWrittenTo(InstanceKey key) {
    return world.now() - world.clients.lastWrite < 30_000
        && world.clients.lastWritten.filter(key::equals).isPresent();
  }
}
