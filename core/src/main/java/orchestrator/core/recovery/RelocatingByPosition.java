package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.recovery.CandidateChoice.Feed;
import orchestrator.core.recovery.RecoveryState.MoveStage;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Gives a replica without GTIDs another source: it is stopped, its place in the log of that source
 * is found by Pseudo-GTID, and from there it goes on. A source where it is not found with certainty
 * is passed over.
 */
final class RelocatingByPosition {
  private RelocatingByPosition() {}

  /** Whether it would be moved so, if at all. */
  static boolean isMeant(Circumstances circumstances, Instance replica) {
    return !Method.USES_GTID.test(replica) && circumstances.policy().pseudoGtid().isPresent();
  }

  /** Who may replicate from whom, by what moves it. */
  static CanReplicate.Verdict verdict(
      Circumstances circumstances, Instance replica, Instance source) {
    CanReplicate.Policy policy = circumstances.policy().replication();
    return isMeant(circumstances, replica)
        ? CanReplicate.from(replica, source, policy)
        : CanReplicate.byGtid(replica, source, policy);
  }

  static void send(Turn t, InstanceKey replica, InstanceKey source) {
    Relocating.to(t, replica, MoveStage.HALTING);
    t.s.halts.merge(replica, 1, Integer::sum);
    t.perform(
        new Pending.RelocationHalt(replica, source),
        new ServerAction.StopReplication(replica),
        Patience.CHANGE_SOURCE);
  }

  static void halted(Turn t, Pending.RelocationHalt halt, ActionOutcome outcome) {
    Feed pair = new Feed(halt.replica(), halt.source());
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        t.answered(halt.replica(), applied.after());
        match(t, pair, applied.after());
      }
      case ActionOutcome.NotApplied refused -> Relocating.tryNext(t, pair, refused.reason());
      case ActionOutcome.Unknown unknown -> Relocating.tryNext(t, pair, unknown.reason());
    }
    Relocating.pump(t);
  }

  private static void match(Turn t, Feed pair, Instance replica) {
    Optional<Instance> source = Optional.ofNullable(t.s.live.get(pair.source()));
    if (source.isEmpty()) {
      Relocating.tryNext(t, pair, "it does not answer");
      return;
    }
    Relocating.to(t, pair.replica(), MoveStage.MATCHING);
    PlaceInLog.find(t, replica, source.get(), Optional.empty());
  }

  static void matched(Turn t, Pending.Matching matching, MatchResult result) {
    Feed pair = new Feed(matching.replica(), matching.source());
    switch (result) {
      case MatchResult.Matched matched -> {
        PlaceInLog.note(t, matching, matched);
        Relocating.change(t, pair, new SourcePosition.FileAndPosition(matched.place()));
      }
      case MatchResult.NotMatched none -> Relocating.tryNext(t, pair, none.reason());
    }
    Relocating.pump(t);
  }
}
