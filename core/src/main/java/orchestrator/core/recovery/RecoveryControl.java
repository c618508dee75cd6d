package orchestrator.core.recovery;

import java.time.Instant;
import java.util.List;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.RecoveryState.CommitRequest;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.ReplicatedState;

/**
 * The control of a running recovery: a pure function of state, event and time. What is done depends
 * on its kind ({@link Flow}); here is what all have in common.
 *
 * <p>It goes no further when a commit was not made, or may not have been: somebody else may lead.
 * Whoever does, perhaps this manager again, resumes from what was committed.
 *
 * <p>The order of things: processes that may forbid it; the flow; processes that tell others; the
 * record is closed.
 */
public final class RecoveryControl {
  private RecoveryControl() {}

  /**
   * What a step came to.
   *
   * @param effects to be played, in this order where they are commits
   */
  public record Decision(RecoveryState state, List<Effect> effects) {
    public Decision {
      effects = List.copyOf(effects);
    }
  }

  /** Begins a recovery whose ticket was just committed. */
  public static Decision start(RecoveryTicket ticket, Circumstances circumstances, Instant now) {
    Turn t = new Turn(new RecoveryState(ticket, circumstances, false), now);
    t.note(
        "Recovery of "
            + ticket.failed()
            + " ("
            + ticket.analysis()
            + ") is begun by "
            + circumstances.node().name()
            + ": "
            + circumstances.failure().evidence());
    HookRun.begin(t, Phase.PRE_HOOKS, t.flow().before());
    return decided(t);
  }

  /**
   * Goes on with an open recovery after a restart of the manager, or on a new leader.
   *
   * @param ticket as it is after {@link JournalEntry.Resumed} was committed, and with it whatever
   *     an earlier run of the recovery has submitted
   */
  public static Decision resume(RecoveryTicket ticket, Circumstances circumstances, Instant now) {
    Turn t = new Turn(new RecoveryState(ticket, circumstances, true), now);
    if (!ticket.isOpen()) {
      t.finish(true, ticket.successful(), "it was closed already");
      return new Decision(t.s, t.effects);
    }
    Resuming.begin(t);
    return decided(t);
  }

  /**
   * As {@link #step(RecoveryState, Event, Instant)}, by what all managers have agreed on meanwhile.
   */
  public static Decision step(
      RecoveryState state, Event event, ReplicatedState agreed, Instant now) {
    return step(SilentSource.informed(state, agreed), event, now);
  }

  /** Takes note of what became of an effect. Events for unknown effects change nothing. */
  public static Decision step(RecoveryState state, Event event, Instant now) {
    return state.isAwaiting(event)
        ? proceed(state.copy(), event, now)
        : new Decision(state, List.of());
  }

  /**
   * As {@link #step}, but of a state that nobody looks at again: with many replicas most of the
   * time of a rehearsal would go into copies.
   */
  static Decision proceed(RecoveryState own, Event event, Instant now) {
    Turn t = new Turn(own, now);
    Pending purpose = own.pending.remove(event.effectId());
    if (purpose == null) {
      return new Decision(own, List.of());
    }
    switch (event) {
      case Event.Committed committed -> committed(t, committed);
      case Event.CommitRejected rejected ->
          t.finish(false, false, "This node may not go on: " + rejected.reason());
      case Event.CommitUnknown unknown ->
          t.finish(false, false, "It is unknown whether this was recorded: " + unknown.reason());
      case Event.ActionFinished finished -> Answers.acted(t, purpose, finished.outcome());
      case Event.Probed probed -> Answers.probed(t, purpose, probed.instance());
      case Event.ProbeFailed failed -> Answers.probeFailed(t, purpose, failed.reason());
      case Event.LogRead read -> Answers.logRead(t, purpose, read.answer());
      case Event.HookFinished finished -> {
        if (purpose instanceof Pending.Hook hook) {
          HookRun.finished(t, hook, finished);
        }
      }
      case Event.Woken ignored -> Answers.woken(t, purpose);
    }
    return decided(t);
  }

  /**
   * A person wants another recovery of the same server to begin: one that {@linkplain
   * RecoveryState#isWaitingForItsSource only waits} comes to its end. Nothing is done to others.
   */
  public static Decision giveWay(RecoveryState state, Instant now) {
    if (!state.isWaitingForItsSource()) {
      return new Decision(state, List.of());
    }
    Turn t = new Turn(state.copy(), now);
    SilentSource.giveWay(t);
    return decided(t);
  }

  /** Goes on as far as possible without another answer. */
  private static Decision decided(Turn t) {
    Phase before;
    do {
      before = t.s.phase;
      switch (before) {
        case CLOSING -> Closing.advance(t);
        case FENCING,
            LOOKING,
            GATHERING,
            PREPARING,
            INTENDING,
            PROMOTING,
            ABANDONING,
            RELOCATING,
            REPAIRING,
            SETTLING,
            TAKEOVER_LOOKING,
            TAKEOVER_MOVING,
            TAKEOVER_HOLDING,
            TAKEOVER_CATCHING_UP,
            UNDOING,
            TAKEOVER_ENDING ->
            t.flow().advance(t);
        case PRE_HOOKS, POST_HOOKS, FAILING, FINISHED -> {}
      }
    } while (t.s.phase != before);
    if (t.s.ticket.promoted().isPresent()) {
      t.flush();
    }
    return new Decision(t.s, t.effects);
  }

  private static void committed(Turn t, Event.Committed event) {
    CommitRequest request = t.s.commits.remove();
    t.s.commitSubmitted = false;
    if (!event.results().isEmpty()
        && event.results().getFirst() instanceof CommandResult.Refused refused) {
      t.finish(false, false, "The record cannot be continued: " + refused.reason());
      return;
    }
    Instant at = journalTime(request, t.now);
    for (JournalEntry entry : request.entries()) {
      t.s.ticket = t.s.ticket.with(entry, at);
    }
    switch (request.kind()) {
      case NOTES -> {}
      case HOOK_MARK -> HookRun.run(t);
      case HOOKS_ENDED -> t.flow().begin(t);
      case INTEND, PROMOTED, ABANDON, HOLD, REOPEN -> t.flow().committed(t, request.kind());
      case CLOSE -> Closing.closed(t);
    }
    t.submitNext();
  }

  private static Instant journalTime(CommitRequest request, Instant now) {
    return request.commands().getFirst() instanceof Command.Journal journal ? journal.at() : now;
  }
}
