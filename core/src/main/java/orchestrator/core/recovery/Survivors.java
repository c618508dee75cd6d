package orchestrator.core.recovery;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * What the replicas that answered have of the failed master's transactions. Where one did not,
 * those below it may speak for it.
 *
 * <p>Only what came from the master counts. On MySQL a transaction is <em>errant</em> when only one
 * replica (with those below it) has it, and it was not written by the failed master nor seen on it;
 * while nothing was ever seen on the master, when that replica wrote it itself. What the other one
 * of two co-masters wrote is not: it is a master too. Errant transactions are no reason to choose
 * or to refuse a server as source of data, and are not waited for. MariaDB's positions do not allow
 * to tell them apart.
 */
final class Survivors {
  private final Instance failed;
  private final Map<InstanceKey, Instance> live;
  private final Set<InstanceKey> stuck;
  private final Map<InstanceKey, InstanceKey> branches;
  private final Optional<String> otherMasterUuid;
  private final Optional<GtidSet> hadWhenPromoted;
  private final Measure measure;

  /** Of whom somebody has asked: of many replicas most are asked about one at a time. */
  private final Map<InstanceKey, Holding> holdings = new HashMap<>();

  private record Holding(GtidSet executed, GtidSet fetched, GtidSet errant) {
    static final Holding NOTHING =
        new Holding(OracleGtidSet.EMPTY, OracleGtidSet.EMPTY, OracleGtidSet.EMPTY);
  }

  /**
   * A look at what is there now: neither collection may change as long as it is asked.
   *
   * @param live the replicas that answered; one whose GTIDs are not known is left out
   * @param stuck servers that turned out not to apply what they have fetched
   */
  Survivors(
      Circumstances circumstances,
      Map<InstanceKey, Instance> live,
      Set<InstanceKey> stuck,
      Measure measure) {
    this.failed = circumstances.failedServer();
    this.live = live;
    this.stuck = stuck;
    this.branches = circumstances.surroundings().directReplicaAbove();
    this.otherMasterUuid =
        CoMasters.other(circumstances)
            .flatMap(circumstances::lastRead)
            .map(other -> other.identity().serverUuid());
    this.hadWhenPromoted = circumstances.hadWhenPromoted();
    this.measure = measure;
  }

  /** The servers that answered and of which it is known what they have, by key. */
  List<Instance> all() {
    return live.values().stream()
        .filter(this::isKnown)
        .sorted(Comparator.comparing(Instance::key))
        .toList();
  }

  boolean isKnown(Instance instance) {
    return measure.isPosition()
        ? measure.executed(instance, failed.key()).isPresent()
        : instance.gtid().executed().isPresent();
  }

  boolean isStuck(Instance instance) {
    return stuck.contains(instance.key()) || isSqlThreadBroken(instance);
  }

  /** The SQL thread stopped with an error: starting it again would meet the same error. */
  static boolean isSqlThreadBroken(Instance instance) {
    return instance
        .replication()
        .filter(r -> r.sqlThread() != ThreadState.RUNNING && !r.lastSqlError().isBlank())
        .isPresent();
  }

  /** Applied. */
  Progress executed(Instance instance) {
    return measure.isPosition()
        ? place(measure.executed(instance, failed.key()))
        : new Progress.Transactions(executedGtids(instance));
  }

  GtidSet executedGtids(Instance instance) {
    return holding(instance).executed();
  }

  GtidSet fetchedGtids(Instance instance) {
    return holding(instance).fetched();
  }

  /** Applied or fetched. */
  Progress fetched(Instance instance) {
    return measure.isPosition()
        ? place(measure.fetched(instance, failed.key()))
        : new Progress.Transactions(holding(instance).fetched());
  }

  private static Progress place(Optional<BinlogCoordinates> at) {
    return at.<Progress>map(Progress.Place::new).orElseGet(Progress::nothing);
  }

  GtidSet errant(Instance instance) {
    return holding(instance).errant();
  }

  /** Applied, or fetched and going to be applied. */
  Progress attainable(Instance instance) {
    return isStuck(instance) ? executed(instance) : fetched(instance);
  }

  /** All that can be rescued from the servers that answered. */
  Progress target() {
    Progress target = Progress.nothing();
    for (Instance instance : all()) {
      target = target.join(attainable(instance));
    }
    return target;
  }

  /** Whether all that was fetched is applied. */
  boolean isApplied(Instance instance) {
    return executed(instance).covers(fetched(instance));
  }

  private Holding holding(Instance instance) {
    return holdings.computeIfAbsent(
        instance.key(),
        key -> {
          Instance known = live.get(key);
          return known == null || !isKnown(known) ? Holding.NOTHING : holdingOf(known);
        });
  }

  private Holding holdingOf(Instance instance) {
    GtidSet executed = instance.gtid().executed().orElse(OracleGtidSet.EMPTY);
    GtidSet fetched = raw(instance);
    if (executed instanceof OracleGtidSet ownExecuted
        && fetched instanceof OracleGtidSet ownFetched) {
      OracleGtidSet errant = errantOf(instance, ownFetched);
      return new Holding(ownExecuted.subtract(errant), ownFetched.subtract(errant), errant);
    }
    return new Holding(executed, fetched, MariaDbGtidSet.EMPTY);
  }

  private OracleGtidSet errantOf(Instance instance, OracleGtidSet fetched) {
    String masterUuid = failed.identity().serverUuid();
    OracleGtidSet suspect;
    if (!masterUuid.isEmpty()
        && failed.gtid().executed().orElse(OracleGtidSet.EMPTY) instanceof OracleGtidSet seen
        && !seen.isEmpty()) {
      suspect = fetched.without(masterUuid).subtract(seen);
      if (hadWhenPromoted.orElse(OracleGtidSet.EMPTY) instanceof OracleGtidSet had) {
        suspect = suspect.subtract(had);
      }
    } else {
      suspect = fetched.only(Set.of(instance.identity().serverUuid()));
    }
    if (otherMasterUuid.isPresent()) {
      suspect = suspect.without(otherMasterUuid.get());
    }
    for (Instance other : live.values()) {
      if (suspect.isEmpty()) {
        break;
      }
      if (isKnown(other)
          && !isOfSameBranch(other.key(), instance.key())
          && raw(other) instanceof OracleGtidSet theirs) {
        suspect = suspect.subtract(theirs);
      }
    }
    return suspect;
  }

  private boolean isOfSameBranch(InstanceKey one, InstanceKey other) {
    return branches.getOrDefault(one, one).equals(branches.getOrDefault(other, other));
  }

  /** All that it has, applied or fetched, errant or not. */
  static GtidSet raw(Instance instance) {
    GtidSet executed = instance.gtid().executed().orElse(OracleGtidSet.EMPTY);
    Optional<GtidSet> retrieved = instance.replication().flatMap(Replication::retrieved);
    return retrieved.map(set -> GtidAlgebra.union(executed, set)).orElse(executed);
  }
}
