package orchestrator.core.recovery;

import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.topology.Instance;

/** Hands each answer to the part of the control that asked. */
final class Answers {
  private Answers() {}

  static void acted(Turn t, Pending purpose, ActionOutcome outcome) {
    switch (purpose) {
      case Pending.OldMaster ignored -> Gathering.oldMasterAnswered(t, outcome);
      case Pending.StopFetching stop -> Gathering.stopped(t, stop, outcome);
      case Pending.StartApplying start -> Preparing.startedApplying(t, start.replica(), outcome);
      case Pending.Feeding feeding -> Preparing.fed(t, feeding, outcome);
      case Pending.Halt halt -> Halting.halted(t, halt.candidate(), outcome);
      case Pending.RelocationHalt halt -> RelocatingByPosition.halted(t, halt, outcome);
      case Pending.MoveHalt halt -> MovingByPosition.halted(t, halt.replica(), outcome);
      case Pending.Reset ignored -> Promoting.resetDone(t, outcome);
      case Pending.SemiSyncOn ignored -> Promoting.semiSyncDone(t, outcome);
      case Pending.MakeWritable ignored -> Promoting.madeWritable(t, outcome);
      case Pending.MakeReadOnlyAgain ignored -> Promoting.madeReadOnlyAgain(t, outcome);
      case Pending.Move move -> Moving.changed(t, move.replica(), outcome);
      case Pending.Relocation move -> Relocating.changed(t, move, outcome);
      case Pending.Repair repair -> t.flow().repaired(t, repair, outcome);
      case Pending.Aside aside -> t.note(aside.what() + ": " + describe(outcome));
      case Pending.TakeoverMove move -> TakeoverMoves.acted(t, move.replica(), outcome);
      case Pending.HoldMaster ignored -> Takeover.held(t, outcome);
      case Pending.EndClients ending -> OldClients.ended(t, ending, outcome);
      case Pending.ReopenMaster ignored -> Undoing.reopened(t, outcome);
      case Pending.Restore restore -> Undoing.restored(t, restore.replica(), outcome);
      case Pending.TurnOldMaster ignored -> TakeoverEnd.changed(t, outcome);
      case Pending.TakeoverLook ignored -> mismatch(purpose);
      case Pending.TakeoverMovePoll ignored -> mismatch(purpose);
      case Pending.TakeoverApproach ignored -> mismatch(purpose);
      case Pending.TakeoverPoll ignored -> mismatch(purpose);
      case Pending.OldMasterLook ignored -> mismatch(purpose);
      case Pending.Committing ignored -> mismatch(purpose);
      case Pending.Hook ignored -> mismatch(purpose);
      case Pending.FetchPoll ignored -> mismatch(purpose);
      case Pending.Look ignored -> mismatch(purpose);
      case Pending.LookBelow ignored -> mismatch(purpose);
      case Pending.Poll ignored -> mismatch(purpose);
      case Pending.Tail ignored -> mismatch(purpose);
      case Pending.Matching ignored -> mismatch(purpose);
      case Pending.MoveCheck ignored -> mismatch(purpose);
      case Pending.Survey ignored -> mismatch(purpose);
      case Pending.RelocationCheck ignored -> mismatch(purpose);
      case Pending.RepairCheck ignored -> mismatch(purpose);
      case Pending.Stopped ignored -> mismatch(purpose);
      case Pending.FailedMasterLook ignored -> mismatch(purpose);
      case Pending.Wake ignored -> mismatch(purpose);
    }
  }

  private static String describe(ActionOutcome outcome) {
    return switch (outcome) {
      case ActionOutcome.Applied ignored -> "done";
      case ActionOutcome.NotApplied refused -> "not done: " + refused.reason();
      case ActionOutcome.Unknown unknown -> "perhaps done: " + unknown.reason();
    };
  }

  static void probed(Turn t, Pending purpose, Instance instance) {
    switch (purpose) {
      case Pending.FetchPoll poll -> LastFetch.seen(t, poll.server(), instance);
      case Pending.Look look -> Gathering.looked(t, look, instance);
      case Pending.LookBelow look -> ServersBelow.looked(t, look, instance);
      case Pending.Poll poll -> Preparing.polled(t, poll.replica(), instance);
      case Pending.MoveCheck check -> Moving.checked(t, check.replica(), instance);
      case Pending.Survey survey -> RelocationFlow.surveyed(t, survey, instance);
      case Pending.RelocationCheck check -> Relocating.checked(t, check, instance);
      case Pending.RepairCheck check -> SemiSyncFlow.checked(t, check.server(), instance);
      case Pending.Stopped stopped -> Restoring.seen(t, stopped.replica(), instance);
      case Pending.FailedMasterLook ignored -> Undoing.seen(t, instance);
      case Pending.TakeoverLook look -> Takeover.seen(t, look.server(), instance);
      case Pending.TakeoverMovePoll poll -> TakeoverMoves.polled(t, poll.server(), instance);
      case Pending.TakeoverApproach look -> TakeoverApproach.seen(t, look.server(), instance);
      case Pending.TakeoverPoll poll -> Takeover.polled(t, poll, instance);
      case Pending.OldMasterLook ignored -> TakeoverEnd.seen(t, instance);
      default -> mismatch(purpose);
    }
  }

  static void probeFailed(Turn t, Pending purpose, String reason) {
    switch (purpose) {
      case Pending.FetchPoll poll -> LastFetch.notSeen(t, poll.server(), reason);
      case Pending.Look look -> Gathering.lookFailed(t, look, reason);
      case Pending.LookBelow ignored -> {}
      case Pending.Stopped stopped -> t.isSilent(stopped.replica(), reason);
      case Pending.Poll poll -> Preparing.pollFailed(t, poll.replica(), reason);
      case Pending.MoveCheck check -> Moving.checkFailed(t, check.replica(), reason);
      case Pending.Survey survey -> RelocationFlow.surveyFailed(t, survey, reason);
      case Pending.RelocationCheck check -> Relocating.checkFailed(t, check, reason);
      case Pending.RepairCheck check -> SemiSyncFlow.checkFailed(t, check.server(), reason);
      case Pending.FailedMasterLook ignored ->
          t.note(t.failed() + " could not be read, and may be read-only: " + reason);
      case Pending.TakeoverLook look -> Takeover.notSeen(t, look.server(), reason);
      case Pending.TakeoverMovePoll poll -> TakeoverMoves.pollFailed(t, poll.server(), reason);
      case Pending.TakeoverApproach look -> TakeoverApproach.notSeen(t, look.server(), reason);
      case Pending.TakeoverPoll poll -> Takeover.pollFailed(t, poll, reason);
      case Pending.OldMasterLook ignored -> TakeoverEnd.notSeen(t, reason);
      default -> mismatch(purpose);
    }
  }

  static void logRead(Turn t, Pending purpose, LogAnswer answer) {
    if (purpose instanceof Pending.Tail tail && answer instanceof LogAnswer.Rest rest) {
      Halting.restRead(t, tail, rest.rest());
    } else if (purpose instanceof Pending.Matching matching
        && answer instanceof LogAnswer.Place place) {
      if (t.s.ticket.kind().brake() == Brake.RELOCATION) {
        RelocatingByPosition.matched(t, matching, place.result());
      } else {
        MovingByPosition.matched(t, matching, place.result());
      }
    } else {
      mismatch(purpose);
    }
  }

  static void woken(Turn t, Pending purpose) {
    if (!(purpose instanceof Pending.Wake wake) || wake.round() != t.s.round) {
      return;
    }
    switch (wake.alarm()) {
      case NOTES -> t.flush();
      case LIVING_MASTER -> Gathering.livingMasterTookTooLong(t);
      case FETCH_POLL -> LastFetch.pollNow(t);
      case STRAGGLERS -> Gathering.stragglersTookTooLong(t);
      case BELOW -> ServersBelow.lookBelowLate(t);
      case POLL -> Waiting.pollNow(t);
      case PROMOTION_RETRY -> Promoting.retry(t);
      case PROMOTED_LOOK -> Resuming.lookAgain(t);
      case MOVE_CHECK -> Moving.checkNow(t);
      case RELOCATION -> Relocating.pollNow(t);
      case RELOCATION_CHECK -> Relocating.checkNow(t);
      case REPAIR_RETRY -> WritableFlow.retry(t);
      case REPAIR_CHECK -> SemiSyncFlow.checkNow(t);
      case MOVES_BEFORE_HOOKS -> t.s.movesGivenTime = true;
      case TAKEOVER_POLL -> Takeover.pollNow(t);
      case TAKEOVER_MOVES -> TakeoverMoves.pollNow(t);
      case TAKEOVER_APPROACH -> TakeoverApproach.look(t);
      case TAKEOVER_RETRY -> Undoing.retry(t);
    }
  }

  private static void mismatch(Pending purpose) {
    throw new IllegalArgumentException("An answer of the wrong kind for " + purpose);
  }
}
