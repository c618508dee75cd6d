package orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import orchestrator.core.recovery.Effect;
import orchestrator.core.recovery.Event;
import orchestrator.core.recovery.RecoveryControl;
import orchestrator.core.recovery.RecoveryState;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;
import orchestrator.simulation.judge.Fact;
import org.jspecify.annotations.Nullable;

/** What {@code engine.recovery.EffectPlayer} and {@code RecoveryRun} do, by events. */
final class RecoveryPlayer {
  private static final long LOG_MILLIS = 30;

  private final Recoverer recoverer;
  private final Manager manager;
  private final String uid;
  private final Leadership lead;
  private final Deque<Effect.Commit> commits = new ArrayDeque<>();
  private @Nullable RecoveryState state;
  private boolean committing;
  private boolean over;

  RecoveryPlayer(Recoverer recoverer, String uid, Leadership lead) {
    this.recoverer = recoverer;
    this.manager = recoverer.manager;
    this.uid = uid;
    this.lead = lead;
  }

  /** Its leadership has ended, or it has. */
  boolean isOver() {
    return over || !lead.isValid();
  }

  /** For what becomes of another server. */
  boolean isWaiting() {
    return !isOver() && state != null && state.isWaitingForItsSource();
  }

  /** A person asks for another recovery. */
  void giveWay() {
    RecoveryState before = state;
    if (before != null) {
      take(RecoveryControl.giveWay(before, manager.world.instant()));
    }
  }

  void end() {
    over = true;
  }

  void take(RecoveryControl.Decision decision) {
    if (isOver()) {
      over = true;
      recoverer.ended(this, uid, false, false);
      return;
    }
    state = decision.state();
    for (Effect effect : decision.effects()) {
      manager.world.tell(() -> manager.name() + " wants " + effect);
      manager.world.misfortune.onEffect(manager, effect);
      if (!over) {
        if (effect instanceof Effect.Probe) {
          manager.world.note(new Fact.Probed(manager.world.now(), uid));
        }
        play(effect);
      }
    }
  }

  private void answer(Event event) {
    RecoveryState before = state;
    if (!over && before != null) {
      take(RecoveryControl.step(before, event, manager.state(), manager.world.instant()));
    }
  }

  private void play(Effect effect) {
    switch (effect) {
      case Effect.Commit commit -> {
        commits.add(commit);
        commitNext();
      }
      case Effect.Perform perform ->
          manager.perform(
              perform.action(),
              uid,
              lead.term(),
              perform.timeout().toMillis(),
              outcome -> answer(new Event.ActionFinished(perform.id(), outcome)));
      case Effect.Probe probe ->
          manager.probe(
              probe.key(), probe.timeout().toMillis(), result -> answer(of(probe.id(), result)));
      case Effect.ReadLog read ->
          manager.after(
              LOG_MILLIS,
              () ->
                  answer(
                      new Event.LogRead(
                          read.id(), read.question().answer(manager.world.logs.readBy(manager)))));
      case Effect.RunHook hook -> runHook(hook);
      case Effect.WakeAt wake ->
          manager.after(
              Duration.between(manager.world.instant(), wake.at()).toMillis(),
              () -> answer(new Event.Woken(wake.id())));
      case Effect.Finished finished -> {
        over = true;
        recoverer.ended(this, uid, finished.closed(), finished.successful());
      }
    }
  }

  private static Event of(long id, ProbeResult result) {
    return switch (result) {
      case ProbeResult.Seen seen -> new Event.Probed(id, seen.instance());
      case ProbeResult.Failed failed -> new Event.ProbeFailed(id, failed.reason());
      case ProbeResult.Skipped skipped -> new Event.ProbeFailed(id, skipped.reason());
    };
  }

  private void commitNext() {
    Effect.Commit next = commits.peek();
    if (committing || next == null) {
      return;
    }
    commits.remove();
    committing = true;
    manager.submit(
        next.commands(),
        submission -> {
          committing = false;
          answer(
              switch (submission) {
                case Submission.Committed committed ->
                    new Event.Committed(next.id(), committed.results());
                case Submission.Rejected rejected ->
                    new Event.CommitRejected(next.id(), rejected.reason());
                case Submission.Unknown unknown ->
                    new Event.CommitUnknown(next.id(), unknown.reason());
              });
          commitNext();
        });
  }

  private void runHook(Effect.RunHook hook) {
    boolean hangs = manager.world.hooksHang;
    boolean fails = hangs || manager.world.hooksFail;
    long millis = hangs ? hook.timeout().toMillis() : 5 + manager.world.random.nextInt(100);
    manager.after(
        millis,
        () ->
            answer(
                new Event.HookFinished(
                    hook.id(), !fails, Duration.ofMillis(millis), fails ? "failed" : "")));
  }
}
