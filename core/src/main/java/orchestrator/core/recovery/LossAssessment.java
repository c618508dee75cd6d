package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Replication;

/** What a failover lost, as far as can be told. */
final class LossAssessment {
  private LossAssessment() {}

  /**
   * @param failed the failed master as last read
   * @param executed what the promoted server had when it was made writable
   * @param before the promoted server before its relay logs were dropped
   */
  static LossReport of(Instance failed, Optional<GtidSet> executed, Optional<Instance> before) {
    Optional<GtidSet> seen = failed.gtid().executed();
    Optional<GtidDifference> missing =
        seen.isPresent() && executed.isPresent()
            ? Optional.of(seen.get().missingFrom(executed.get()))
            : Optional.empty();
    Optional<GtidSet> retrieved =
        before.flatMap(Instance::replication).flatMap(Replication::retrieved);
    Optional<GtidDifference> unapplied =
        executed.map(has -> retrieved.orElse(has).missingFrom(has));
    return new LossReport(
        failed.freshness().lastSeen(),
        missing,
        executed,
        unapplied,
        failed.freshness().lastSeen().map(at -> semiSyncOf(failed)),
        Optional.empty());
  }

  /**
   * @param failed a server that was no master, as last read
   * @param missing what its replicas have, and the master lacks
   */
  static LossReport ofReplicas(Instance failed, GtidDifference missing) {
    return new LossReport(
        failed.freshness().lastSeen(),
        Optional.of(missing),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The same where no GTIDs tell it, but for MariaDB's, which are there although replicas do not
   * ask for them.
   */
  static LossReport byPosition(
      Instance failed,
      PromotionBase base,
      Optional<BinlogCoordinates> fetched,
      Optional<GtidSet> executed) {
    Optional<GtidSet> seen = failed.gtid().executed().filter(MariaDbGtidSet.class::isInstance);
    Optional<GtidSet> had = executed.filter(MariaDbGtidSet.class::isInstance);
    return new LossReport(
        failed.freshness().lastSeen(),
        seen.isPresent() && had.isPresent()
            ? Optional.of(seen.get().missingFrom(had.get()))
            : Optional.empty(),
        had,
        Optional.empty(),
        failed.freshness().lastSeen().map(at -> semiSyncOf(failed)),
        Optional.empty(),
        Optional.of(
            new LossReport.LogLoss(
                failed.binlog().position().filter(base.executed()::isInLogOf),
                base.executed(),
                fetched.orElse(base.executed()))));
  }

  private static LossReport.SemiSyncSeen semiSyncOf(Instance failed) {
    return new LossReport.SemiSyncSeen(
        failed.semiSync().masterEnabled() && failed.semiSync().masterStatus(),
        failed.semiSync().waitForReplicaCount(),
        failed.semiSync().masterClients());
  }
}
