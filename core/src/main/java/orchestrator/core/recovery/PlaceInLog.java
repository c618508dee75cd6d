package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.binlog.MatchQuestion;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.Instance;

/** Where a replica that stands still is in the log of another server, by Pseudo-GTID. */
final class PlaceInLog {
  private PlaceInLog() {}

  /**
   * Needs a policy with Pseudo-GTID.
   *
   * @param notAfter a place in the source's log up to which the replica cannot have come
   */
  static void find(
      Turn t, Instance replica, Instance source, Optional<BinlogCoordinates> notAfter) {
    t.readLog(
        new Pending.Matching(replica.key(), source.key()),
        new LogQuestion.Place(
            MatchQuestion.of(replica, source, t.policy().pseudoGtid().orElseThrow(), notAfter)),
        Patience.READ_LOG);
  }

  static void note(Turn t, Pending.Matching question, MatchResult.Matched found) {
    t.note(
        "Pseudo-GTID: %s stands at %s of %s (%d events compared)"
            .formatted(question.replica(), found.place(), question.source(), found.events()));
  }
}
