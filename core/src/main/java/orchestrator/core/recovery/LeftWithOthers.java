package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.Instance;

/**
 * What the servers that answered have of the failed master's transactions, applied or fetched, and
 * the promoted server lacks: they could give it to nobody, or answered too late. To applications it
 * is as lost as what was seen on the master alone, so the loss report names it.
 */
final class LeftWithOthers {
  private LeftWithOthers() {}

  /**
   * @param report of a recovery that promotes {@code promoted}
   */
  static LossReport addedTo(LossReport report, Turn t, Instance promoted) {
    Optional<GtidSet> had = report.promotedExecuted();
    return had.isEmpty() || t.isByPosition()
        ? report
        : report.alsoMissing(of(t, promoted, had.get()).missingFrom(had.get()));
  }

  static GtidSet of(Turn t, Instance promoted, GtidSet had) {
    Survivors survivors = t.survivors();
    GtidSet all = OracleGtidSet.EMPTY;
    for (Instance server : t.s.live.values()) {
      if (!server.key().equals(promoted.key())) {
        GtidSet extra = GtidAlgebra.lacking(survivors.fetchedGtids(server), had);
        all = GtidAlgebra.union(all, MoveObstacle.withoutWritesOf(promoted, extra));
      }
    }
    return all;
  }

  /** The loss report of a failover with what was found since it was made; of others as it is. */
  static LossReport knownNow(Turn t) {
    LossReport report = t.s.ticket.loss();
    return t.s
        .ticket
        .promoted()
        .filter(key -> t.s.ticket.kind().brake() == Brake.FAILOVER)
        .flatMap(
            key -> Optional.ofNullable(t.s.live.get(key)).or(() -> t.s.circumstances.lastRead(key)))
        .map(promoted -> addedTo(report, t, promoted))
        .orElse(report);
  }
}
