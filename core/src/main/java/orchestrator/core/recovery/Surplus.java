package orchestrator.core.recovery;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtid;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * What a replica of a dead server has, and servers that could be its source lack. It comes from the
 * master that the dead server replicated from, and has reached nobody else: that master died too,
 * and its successor has been chosen among others.
 *
 * <p>Transactions that this master never had are no such thing: they are errant, as they were
 * before. MariaDB's positions do not allow to tell them apart.
 */
final class Surplus {
  private final Circumstances circumstances;
  private final Map<InstanceKey, Instance> live;

  Surplus(RecoveryState state) {
    this.circumstances = state.circumstances;
    this.live = state.live;
  }

  /** What the source lacks and will never get; empty while it may still get it. */
  GtidSet lostBelow(Instance replica, Instance source) {
    Supply supply = supplyOf(source);
    return supply.head().isReplica() ? OracleGtidSet.EMPTY : lacking(replica, supply);
  }

  /**
   * What the server that is the source of all now lacks and will never get. Empty when that is not
   * known.
   */
  GtidSet lost(Instance replica) {
    return present().map(source -> lostBelow(replica, source)).orElse(OracleGtidSet.EMPTY);
  }

  /** As transactions, for the loss report. */
  GtidDifference asDifference(GtidSet lost) {
    return lost.missingFrom(present().map(this::had).orElse(OracleGtidSet.EMPTY));
  }

  /**
   * What the source lacks, when no master that answers sends it that. What another server sends it
   * may never arrive: it may be the replica itself, from which a failover lets the source fetch,
   * and that one's disk is full.
   */
  GtidSet uncertain(Instance replica, Instance source) {
    Instance head = supplyOf(source).head();
    return head.isReplica() ? lacking(replica, new Supply(had(source), head)) : OracleGtidSet.EMPTY;
  }

  /**
   * What a server has or is going to have.
   *
   * @param head the first server from there upwards that fetches from nobody, or from one that did
   *     not answer: a replica takes a dead source for a living one until its time limit
   */
  private record Supply(GtidSet had, Instance head) {}

  private Supply supplyOf(Instance source) {
    Set<InstanceKey> seen = new HashSet<>(Set.of(source.key()));
    Instance head = source;
    GtidSet had = had(source);
    while (isFetching(head)) {
      Optional<Instance> above = head.sourceKey().filter(seen::add).map(live::get);
      if (above.isEmpty()) {
        break;
      }
      head = above.get();
      had = GtidAlgebra.union(had, had(head));
    }
    return new Supply(had, head);
  }

  private Optional<Instance> present() {
    return circumstances.surroundings().source().map(Instance::key).map(live::get);
  }

  static boolean isFetching(Instance server) {
    return server.replication().filter(r -> r.ioThread() == ThreadState.RUNNING).isPresent();
  }

  /**
   * Its relay log counts. MariaDB's sequence numbers go on with a successor's own writes, which
   * then seem to cover what it lacks: so of that counts what it had when it was promoted.
   */
  private GtidSet had(Instance server) {
    GtidSet executed = server.gtid().executed().orElse(OracleGtidSet.EMPTY);
    Optional<GtidSet> promotedWith = circumstances.surroundings().promotedWith();
    if (executed instanceof MariaDbGtidSet position && promotedWith.isPresent()) {
      return withoutWritesOfSuccessor(position, promotedWith.get());
    }
    return server
        .replication()
        .flatMap(Replication::retrieved)
        .map(retrieved -> GtidAlgebra.union(executed, retrieved))
        .orElse(executed);
  }

  private GtidSet withoutWritesOfSuccessor(MariaDbGtidSet position, GtidSet promotedWith) {
    long successor = present().map(server -> server.identity().serverId()).orElse(-1L);
    List<MariaDbGtid> others =
        position.gtids().stream().filter(gtid -> gtid.serverId() != successor).toList();
    return others.size() < position.gtids().size()
        ? GtidAlgebra.union(MariaDbGtidSet.of(others), promotedWith)
        : position;
  }

  private GtidSet lacking(Instance replica, Supply supply) {
    Instance head = supply.head();
    GtidSet executed = replica.gtid().executed().orElse(OracleGtidSet.EMPTY);
    return switch (GtidAlgebra.lacking(executed, supply.had())) {
      case OracleGtidSet lacking -> ofFormerSource(replica, lacking, head);
      case MariaDbGtidSet lacking ->
          MariaDbGtidSet.of(
              lacking.gtids().stream()
                  .filter(gtid -> gtid.serverId() != head.identity().serverId())
                  .toList());
    };
  }

  /** What the head wrote after it was read does not count. */
  private OracleGtidSet ofFormerSource(Instance replica, OracleGtidSet lacking, Instance head) {
    OracleGtidSet foreign = lacking.without(head.identity().serverUuid());
    Optional<Instance> former =
        circumstances
            .surroundings()
            .formerSource()
            .filter(source -> !source.identity().serverUuid().isEmpty())
            // A replica itself has not written what it lacks, and may get it yet.
            .filter(source -> !source.isReplica());
    // One that took writes was a master before, and what it wrote is no accident.
    Instance failed = circumstances.failedServer();
    String itself = failed.identity().serverUuid();
    if (former.isEmpty()) {
      OracleGtidSet others = foreign.without(replica.identity().serverUuid());
      return failed.readOnly() ? others.without(itself) : others;
    }
    String source = former.get().identity().serverUuid();
    OracleGtidSet written =
        foreign.only(failed.readOnly() ? List.of(source) : List.of(source, itself));
    return former.get().gtid().executed().orElse(OracleGtidSet.EMPTY) instanceof OracleGtidSet seen
        ? written.union(foreign.intersect(seen))
        : written;
  }
}
