package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.recovery.TakeoverState.Undo;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Undoes a takeover that failed before its target may have become writable: first the old master
 * takes writes again, then the replicas go back below it. The same for a failover, where the master
 * turned out to be alive and was set read-only.
 *
 * <p>To make the old master writable is a promotion like any other: the intent is committed before.
 * So two managers can never have the old master and the target made writable.
 */
final class Undoing {
  private Undoing() {}

  /**
   * Whether a failover has set a master read-only that took writes before, and no other server may
   * be writable: then it leaves nobody to write to. Of co-masters the other one may take writes.
   */
  static boolean isOwed(Turn t) {
    return t.s.oldMasterReadOnly && mayBeOwed(t);
  }

  private static boolean mayBeOwed(Turn t) {
    return t.s.ticket.failedTookWrites()
        && !t.isTakeover()
        && t.s.ticket.kind() == RecoveryKind.DEAD_MASTER
        && t.s.ticket.intended().isEmpty()
        && t.s.ticket.promoted().isEmpty();
  }

  /** An earlier run that set it read-only may have ended before the answer came. */
  static void look(Turn t) {
    if (mayBeOwed(t) && t.policy().promotion().apply()) {
      t.probe(new Pending.FailedMasterLook(), t.failed());
    }
  }

  static void seen(Turn t, Instance master) {
    t.s.oldMasterReadOnly = master.readOnly();
  }

  /**
   * @param reason why it failed
   */
  static void begin(Turn t, String reason) {
    t.s.errors.add(reason);
    t.note("It fails, and is undone: " + reason);
    t.s.phase = Phase.UNDOING;
    t.s.takeover.reopened = false;
    t.s.moves.clear();
    t.s.settled.clear();
    if (t.s.ticket.intended().equals(Optional.of(t.failed()))) {
      beginReopening(t);
    } else if (isOwed(t)
        || (t.isTakeover() && (Takeover.mayBeHeld(t) || t.s.takeover.held.isPresent()))) {
      t.s.takeover.undo = Undo.REOPENING;
      t.commit(
          CommitKind.REOPEN, List.of(new JournalEntry.PromotionIntended(t.failed())), List.of());
    } else {
      t.s.takeover.reopened = true;
      lookAgain(t);
    }
  }

  /** It is recorded that the old master may be writable. */
  static void beginReopening(Turn t) {
    t.s.takeover.until = t.now.plus(Patience.UNDO);
    reopen(t);
  }

  private static void reopen(Turn t) {
    t.s.takeover.undo = Undo.REOPENING;
    t.perform(
        new Pending.ReopenMaster(),
        new ServerAction.SetReadOnly(t.failed(), false, t.policy().promotion().useSuperReadOnly()),
        Patience.CHANGE);
  }

  static void reopened(Turn t, ActionOutcome outcome) {
    String reason =
        switch (outcome) {
          case ActionOutcome.Applied(Instance after, _) ->
              after.readOnly() ? "it was read and is still read-only" : "";
          case ActionOutcome.NotApplied(String why) -> why;
          case ActionOutcome.Unknown(String why) -> why;
        };
    if (reason.isEmpty()) {
      t.s.takeover.reopened = true;
      t.note(t.failed() + " takes writes again: read after the change, it is writable");
      lookAgain(t);
    } else if (t.now.isBefore(t.s.takeover.until)) {
      t.note("Making " + t.failed() + " writable again: " + reason);
      t.wake(Alarm.TAKEOVER_RETRY, Patience.RETRY);
    } else {
      t.s.errors.add(
          "%s could not be made writable again within %d s, and may be read-only: %s. Nobody takes writes unless it does. Set read_only=0 there, or fail over"
              .formatted(t.failed(), Patience.UNDO.toSeconds(), reason));
      lookAgain(t);
    }
  }

  static void retry(Turn t) {
    if (t.s.phase == Phase.UNDOING && t.s.takeover.undo == Undo.REOPENING) {
      reopen(t);
    }
  }

  /** Where the servers are counts when nothing moves any more. */
  private static void lookAgain(Turn t) {
    t.s.takeover.undo = Undo.AWAITING_MOVES;
  }

  private static boolean isMoving(Turn t) {
    return t.isPending(p ->
        p instanceof Pending.TakeoverMove
            || p instanceof Pending.Move
            || p instanceof Pending.MoveCheck
            || p instanceof Pending.StopFetching
            || p instanceof Pending.StartApplying
            || p instanceof Pending.Feeding
            || p instanceof Pending.Halt);
  }

  static void advance(Turn t) {
    switch (t.s.takeover.undo) {
      case AWAITING_MOVES -> {
        if (!isMoving(t)) {
          t.s.takeover.undo = Undo.LOOKING;
          Takeover.readAll(t);
        }
      }
      case LOOKING -> {
        if (!Takeover.isLooking(t)) {
          t.s.takeover.undo = Undo.RESTORING;
          restore(t);
          endIfRestored(t);
        }
      }
      case RESTORING -> endIfRestored(t);
      case NONE, REOPENING -> {}
    }
  }

  private static void endIfRestored(Turn t) {
    if (!t.isPending(Pending.Restore.class::isInstance)) {
      end(t);
    }
  }

  /** Sends back who is not where it was. */
  private static void restore(Turn t) {
    boolean masterServes =
        t.s.takeover.reopened && t.s.takeover.master.filter(m -> !m.readOnly()).isPresent();
    if (t.s.takeover.reopened && !masterServes) {
      t.s.errors.add(
          t.failed() + (t.s.takeover.master.isPresent() ? " is read-only" : " does not answer"));
    }
    for (InstanceKey replica : t.s.replicas()) {
      Instance instance = t.s.live.get(replica);
      if (instance == null) {
        t.s.errors.add(replica + " does not answer: " + Moving.silence(t, replica));
      } else if (!isAtHome(t, instance)) {
        if (mayGoOn(t, instance) || (masterServes && hasPlace(t, instance))) {
          sendBack(t, instance);
        } else {
          t.s.errors.add(replica + " was left " + whereabouts(instance));
        }
      }
    }
  }

  /**
   * To let one below it go on is right whether or not the master answers now; but a restarted IO
   * thread of MariaDB throws away what was fetched and not applied.
   */
  private static boolean mayGoOn(Turn t, Instance replica) {
    return isBelow(t, replica) && (!replica.usesMariaDbGtid() || t.survivors().isApplied(replica));
  }

  /** One without GTIDs that was reset as a candidate has lost its place in the master's log. */
  private static boolean hasPlace(Turn t, Instance replica) {
    return t.isTakeover()
        || isBelow(t, replica)
        || t.s.circumstances.lastRead(replica.key()).filter(Method.USES_GTID).isPresent();
  }

  /** Below the old master, and no thread stopped that was not before. */
  private static boolean isAtHome(Turn t, Instance replica) {
    return isBelow(t, replica)
        && !isStoppedByUs(t, replica, Replication::ioThread)
        && !isStoppedByUs(t, replica, Replication::sqlThread);
  }

  /** What was read before a run that goes on with another's work may show what that one stopped. */
  private static boolean isStoppedByUs(
      Turn t, Instance replica, Function<Replication, ThreadState> thread) {
    boolean wasOn = t.s.resumed || !isStopped(t.s.circumstances.lastRead(replica.key()), thread);
    return wasOn && isStopped(Optional.of(replica), thread);
  }

  private static boolean isStopped(
      Optional<Instance> server, Function<Replication, ThreadState> thread) {
    return server
        .flatMap(Instance::replication)
        .map(thread)
        .filter(ThreadState.STOPPED::equals)
        .isPresent();
  }

  private static boolean isBelow(Turn t, Instance replica) {
    return replica.sourceKey().filter(t.failed()::equals).isPresent();
  }

  private static String whereabouts(Instance replica) {
    String source =
        replica
            .replication()
            .map(Replication::source)
            .map(key -> "below " + key)
            .orElse("without a source");
    boolean stopped =
        replica.replication().filter(r -> r.ioThread() == ThreadState.STOPPED).isPresent();
    return stopped ? source + ", stopped" : source;
  }

  private static void sendBack(Turn t, Instance replica) {
    if (isBelow(t, replica)) {
      boolean both = isStoppedByUs(t, replica, Replication::sqlThread);
      restore(
          t,
          replica,
          both
              ? new ServerAction.StartReplication(replica.key())
              : new ServerAction.StartIoThread(replica.key()));
      return;
    }
    Optional<SourcePosition> position = positionFor(t, replica);
    if (position.isPresent()) {
      restore(
          t,
          replica,
          new ServerAction.ChangeSource(replica.key(), t.failed(), position.get(), true));
    } else {
      t.s.errors.add(
          "%s was left %s: from where it could go on in the log of %s is not certain%s"
              .formatted(
                  replica.key(),
                  whereabouts(replica),
                  t.failed(),
                  t.s
                      .ticket
                      .base()
                      .filter(base -> base.candidate().equals(replica.key()))
                      .map(base ->
                          ". It stood at %s when its own log ended at %s"
                              .formatted(
                                  base.executed(),
                                  base.position().map(Object::toString).orElse("?")))
                      .orElse("")));
    }
  }

  private static void restore(Turn t, Instance replica, ServerAction action) {
    t.perform(new Pending.Restore(replica.key()), action, Patience.CHANGE_SOURCE);
  }

  /** A target that was reset has no status row to tell what it uses. */
  private static Optional<SourcePosition> positionFor(Turn t, Instance replica) {
    Instance before = t.s.circumstances.lastRead(replica.key()).orElse(replica);
    if (Method.USES_GTID.test(before) || t.s.ticket.base().isEmpty()) {
      return Optional.of(Turn.positionFor(before));
    }
    // One that has logged something since took writes of its own, or was restarted.
    return t.s
        .ticket
        .base()
        .filter(base -> base.candidate().equals(replica.key()))
        .filter(base -> base.position().equals(replica.binlog().position()))
        .map(base -> new SourcePosition.FileAndPosition(base.executed()));
  }

  static void restored(Turn t, InstanceKey replica, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied(Instance after, _) -> {
        t.answered(replica, after);
        t.note(replica + " replicates from " + t.failed() + " again");
      }
      case ActionOutcome.NotApplied(String reason) -> notRestored(t, replica, reason);
      case ActionOutcome.Unknown(String reason) -> notRestored(t, replica, reason);
    }
  }

  private static void notRestored(Turn t, InstanceKey replica, String reason) {
    String last =
        Optional.ofNullable(t.s.live.get(replica))
            .map(instance -> ", last seen " + whereabouts(instance))
            .orElse("");
    t.s.errors.add(replica + " could not be sent back below " + t.failed() + last + ": " + reason);
  }

  private static void end(Turn t) {
    if (t.s.takeover.reopened) {
      t.note("It is undone: " + t.failed() + " is the master as before");
    }
    HookRun.begin(t, Phase.FAILING, HookPoint.POST_UNSUCCESSFUL_FAILOVER);
  }

  /**
   * Whether no other server than the old master may have become writable; a failover is undone only
   * when that was read to be.
   */
  static boolean isUndone(Turn t) {
    return (t.isTakeover() || t.s.takeover.reopened)
        && t.s.ticket.promoted().isEmpty()
        && t.s.ticket.intended().filter(key -> !key.equals(t.failed())).isEmpty();
  }
}
