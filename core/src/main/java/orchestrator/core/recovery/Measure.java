package orchestrator.core.recovery;

import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;

/**
 * By what it is told how far servers have come.
 *
 * @param drained up to where replicas had applied their relay log when nothing was left in it that
 *     can be applied: what they have read beyond that is no whole transaction
 * @param base where the promoted server stood, which does not replicate any more
 */
record Measure(
    Method method, Map<InstanceKey, BinlogCoordinates> drained, Optional<PromotionBase> base) {
  static final Measure GTIDS = new Measure(Method.GTID, Map.of(), Optional.empty());

  boolean isPosition() {
    return method == Method.POSITION;
  }

  static Measure by(Method method) {
    return method == Method.GTID ? GTIDS : new Measure(Method.POSITION, Map.of(), Optional.empty());
  }

  /** What a living master has: all that it wrote. Nothing when that was not read. */
  Progress ofMaster(Instance master) {
    return isPosition()
        ? master.binlog().position().<Progress>map(Progress.Place::new).orElseGet(Progress::nothing)
        : transactions(master);
  }

  /** What a replica has applied of that. */
  Progress ofReplica(Instance replica, InstanceKey master) {
    return isPosition()
        ? executed(replica, master).<Progress>map(Progress.Place::new).orElseGet(Progress::nothing)
        : transactions(replica);
  }

  private static Progress transactions(Instance server) {
    return server
        .gtid()
        .executed()
        .<Progress>map(Progress.Transactions::new)
        .orElseGet(Progress::nothing);
  }

  /** Applied, in the failed master's log; empty for a server that does not replicate from it. */
  Optional<BinlogCoordinates> executed(Instance replica, InstanceKey failed) {
    return base.filter(taken -> taken.candidate().equals(replica.key()))
        .map(PromotionBase::executed)
        .or(() -> row(replica, failed).map(Replication::executed));
  }

  /** Applied, or fetched and going to be applied. */
  Optional<BinlogCoordinates> fetched(Instance replica, InstanceKey failed) {
    Optional<BinlogCoordinates> executed = executed(replica, failed);
    Optional<BinlogCoordinates> read =
        row(replica, failed)
            .map(Replication::read)
            .filter(at -> executed.filter(at::isInLogOf).isPresent())
            .filter(at -> !executed.equals(Optional.ofNullable(drained.get(replica.key()))));
    return read.filter(at -> executed.filter(applied -> applied.isBefore(at)).isPresent())
        .or(() -> executed);
  }

  private static Optional<Replication> row(Instance replica, InstanceKey failed) {
    return replica
        .replication()
        .filter(r -> r.source().reattached().equals(failed))
        .filter(r -> !r.executed().isUnknown() && !r.executed().isDetached());
  }
}
