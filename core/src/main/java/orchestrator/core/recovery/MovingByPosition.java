package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.recovery.RecoveryState.MoveProgress;
import orchestrator.core.recovery.RecoveryState.MoveStage;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Points a replica without GTIDs at the promoted server, whose place is on record. One that has
 * applied as much of the failed master's log as that server had goes on from that place; one that
 * has less, from where Pseudo-GTID finds it. Nothing is guessed: others are lost.
 *
 * <p>It applies what it has fetched first; then it is stopped, and only then compared.
 */
final class MovingByPosition {
  private MovingByPosition() {}

  static boolean isMeant(Turn t, Instance replica) {
    return t.isByPosition() && !Method.USES_GTID.test(replica);
  }

  static void send(Turn t, InstanceKey replica, Instance instance) {
    InstanceKey master = t.successor().orElseThrow();
    if (instance.sourceKey().filter(master::equals).isPresent()) {
      goOn(t, replica);
    } else if (mayComeFurther(t, instance)) {
      to(t, replica, MoveStage.APPLYING, 0);
      Moving.checkLater(t);
    } else {
      halt(t, replica);
    }
  }

  /**
   * An earlier run, or a statement whose answer was not waited for, has pointed it there: at the
   * right place, from which it has gone on.
   */
  private static void goOn(Turn t, InstanceKey replica) {
    to(t, replica, MoveStage.CHANGING, 1);
    t.perform(
        new Pending.Move(replica),
        new ServerAction.StartReplication(replica),
        Patience.CHANGE_SOURCE);
  }

  private static void to(Turn t, InstanceKey replica, MoveStage stage, int moreAttempts) {
    int attempts =
        Optional.ofNullable(t.s.moves.get(replica)).map(MoveProgress::attempts).orElse(0);
    t.s.moves.put(replica, new MoveProgress(stage, attempts + moreAttempts, t.now));
  }

  /** It applies, has not applied all, and has not as much as the promoted server had. */
  private static boolean mayComeFurther(Turn t, Instance replica) {
    Survivors survivors = t.survivors();
    boolean applies =
        replica
            .replication()
            .map(Replication::sqlThread)
            .filter(thread -> thread == ThreadState.RUNNING)
            .isPresent();
    boolean lacksSome =
        t.s
            .ticket
            .base()
            .map(PromotionBase::executed)
            .filter(all -> !survivors.executed(replica).covers(new Progress.Place(all)))
            .isPresent();
    return applies
        && lacksSome
        && (!survivors.isApplied(replica) || TakeoverByPosition.isFed(t, replica));
  }

  /** It was read while it applies. */
  static void applied(Turn t, InstanceKey replica, Instance instance, MoveProgress progress) {
    boolean late =
        !t.now.isBefore(
            progress
                .since()
                .plus(
                    t.policy().pseudoGtid().isPresent()
                        ? Patience.APPLYING
                        : t.policy().waits().bulk()));
    if (late || !mayComeFurther(t, instance)) {
      halt(t, replica);
    } else {
      Moving.checkLater(t);
    }
  }

  private static void halt(Turn t, InstanceKey replica) {
    to(t, replica, MoveStage.HALTING, 0);
    t.perform(
        new Pending.MoveHalt(replica),
        new ServerAction.StopReplication(replica),
        Patience.CHANGE_SOURCE);
  }

  static void halted(Turn t, InstanceKey replica, ActionOutcome outcome) {
    if (!t.s.moves.containsKey(replica)) {
      return;
    }
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        t.answered(replica, applied.after());
        place(t, replica, applied.after());
      }
      case ActionOutcome.NotApplied refused -> notHalted(t, replica, refused.reason());
      case ActionOutcome.Unknown unknown -> notHalted(t, replica, unknown.reason());
    }
  }

  private static void notHalted(Turn t, InstanceKey replica, String reason) {
    to(t, replica, MoveStage.HALTING, 1);
    Moving.again(
        t, replica, new ReplicaFate(Kind.UNREACHABLE, "it could not be stopped: " + reason));
  }

  /** It stands still: what it has is what it will have had. */
  private static void place(Turn t, InstanceKey replica, Instance instance) {
    InstanceKey master = t.successor().orElseThrow();
    if (instance.sourceKey().filter(master::equals).isPresent()) {
      goOn(t, replica);
      return;
    }
    Optional<String> obstacle = MoveObstacle.to(t, instance, master);
    if (obstacle.isPresent()) {
      lost(t, replica, obstacle.get());
      return;
    }
    PromotionBase base = t.s.ticket.base().orElseThrow();
    BinlogCoordinates has = t.measure().executed(instance, t.failed()).orElseThrow();
    boolean equal = has.equals(base.executed());
    if (equal && base.position().isPresent()) {
      change(t, replica, base.position().get());
    } else if (t.policy().pseudoGtid().isEmpty()) {
      lost(
          t,
          replica,
          "it has applied the failed master's log up to %s, %s had up to %s, and there is no"
                  .formatted(has, master, base.executed())
              + " Pseudo-GTID (PseudoGTIDPattern) by which to find its place");
    } else {
      match(t, replica, instance, base);
    }
  }

  private static void match(Turn t, InstanceKey replica, Instance instance, PromotionBase base) {
    InstanceKey master = t.successor().orElseThrow();
    Optional<Instance> source =
        Optional.ofNullable(t.s.live.get(master)).or(() -> t.s.circumstances.lastRead(master));
    if (source.isEmpty()) {
      lost(t, replica, master + " was not read");
      return;
    }
    to(t, replica, MoveStage.MATCHING, 0);
    PlaceInLog.find(t, instance, source.get(), base.position());
  }

  static void matched(Turn t, Pending.Matching matching, MatchResult result) {
    InstanceKey replica = matching.replica();
    if (!t.s.moves.containsKey(replica)) {
      return;
    }
    switch (result) {
      case MatchResult.Matched matched -> {
        PlaceInLog.note(t, matching, matched);
        change(t, replica, matched.place());
      }
      case MatchResult.NotMatched none ->
          lost(t, replica, "it has less than the new master, and its place: " + none.reason());
    }
  }

  private static void change(Turn t, InstanceKey replica, BinlogCoordinates place) {
    to(t, replica, MoveStage.CHANGING, 1);
    t.perform(
        new Pending.Move(replica),
        new ServerAction.ChangeSource(
            replica, t.successor().orElseThrow(), new SourcePosition.FileAndPosition(place), true),
        Patience.CHANGE_SOURCE);
  }

  private static void lost(Turn t, InstanceKey replica, String reason) {
    Moving.settle(t, replica, TakeoverByPosition.unmoved(t, replica, reason));
  }
}
