package orchestrator.core.recovery;

import java.util.Optional;
import java.util.Set;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** What keeps a replica from replicating from the new master, in words; empty for nothing. */
final class MoveObstacle {
  private MoveObstacle() {}

  static Optional<String> to(Turn t, Instance replica, InstanceKey master) {
    Instance source = t.s.live.get(master);
    if (source != null
        && verdict(t, replica, source) instanceof CanReplicate.Verdict.Refused refused) {
      return Optional.of(refused.reason());
    }
    return t.isByPosition() ? beyondBase(t, replica, master) : beyond(t, replica, master);
  }

  private static CanReplicate.Verdict verdict(Turn t, Instance replica, Instance source) {
    CanReplicate.Policy policy = t.policy().replication();
    return MovingByPosition.isMeant(t, replica)
        ? CanReplicate.from(replica, source, policy)
        : CanReplicate.byGtid(replica, source, policy);
  }

  /** What it has of the failed master's log is not known, or more than the new master had. */
  private static Optional<String> beyondBase(Turn t, Instance replica, InstanceKey master) {
    if (replica.sourceKey().filter(master::equals).isPresent()) {
      return Optional.empty(); // it was moved before
    }
    if (!t.survivors().isKnown(replica)) {
      return Optional.of("it is not known how far it is in the log of the failed master");
    }
    Progress had =
        t.s
            .ticket
            .base()
            .map(b -> (Progress) new Progress.Place(b.executed()))
            .orElseGet(Progress::nothing);
    Progress has = t.survivors().executed(replica);
    return had.covers(has)
        ? Optional.empty()
        : Optional.of("it has applied what " + master + " lacks: " + has.beyond(had).text());
  }

  /** Transactions of the failed master that the replica has applied and the new master lacks. */
  static Optional<String> beyond(Turn t, Instance replica, InstanceKey master) {
    if (t.isByPosition()) {
      return Optional.empty(); // it was compared before it was moved
    }
    GtidSet had =
        t.s
            .intendedExecuted
            .or(() -> Optional.ofNullable(t.s.live.get(master)).flatMap(i -> i.gtid().executed()))
            .or(() -> t.s.ticket.loss().promotedExecuted())
            .orElse(OracleGtidSet.EMPTY);
    GtidSet extra = GtidAlgebra.lacking(t.survivors().executedGtids(replica), had);
    GtidSet foreign =
        Optional.ofNullable(t.s.live.get(master))
            .or(() -> t.s.circumstances.lastRead(master))
            .map(source -> withoutWritesOf(source, extra))
            .orElse(extra);
    return foreign.isEmpty()
        ? Optional.empty()
        : Optional.of("it has transactions that " + master + " lacks: " + foreign);
  }

  /**
   * Why a replica is left as it is while the promoted server does not answer: it may be what the
   * next failover needs. Empty when it may be moved below that one all the same.
   */
  static Optional<String> whileSilent(Turn t, Instance replica, InstanceKey master) {
    if (t.s.live.containsKey(master)) {
      return Optional.empty();
    }
    boolean known =
        t.isByPosition()
            ? t.s.ticket.base().isPresent()
            : t.s.ticket.loss().promotedExecuted().isPresent();
    if (!known) {
      return Optional.of(master + " does not answer, and it is not known what it has");
    }
    return t.survivors().isApplied(replica)
        ? Optional.empty()
        : Optional.of(master + " does not answer, and this has not applied all that it fetched");
  }

  static GtidSet withoutWritesOf(Instance source, GtidSet set) {
    return switch (set) {
      case OracleGtidSet oracle -> oracle.without(Set.of(source.identity().serverUuid()));
      case MariaDbGtidSet mariaDb ->
          MariaDbGtidSet.of(
              mariaDb.gtids().stream()
                  .filter(gtid -> gtid.serverId() != source.identity().serverId())
                  .toList());
    };
  }
}
