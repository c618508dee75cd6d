package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.recovery.TakeoverState.Move;
import orchestrator.core.recovery.TakeoverState.Stage;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Moves the other replicas below the target while the master takes writes, a few at a time. A
 * replica is stopped first, and moved when the target has all that it has: a MariaDB server refuses
 * a replica that is ahead of it.
 */
final class TakeoverMoves {
  private TakeoverMoves() {}

  static void begin(Turn t) {
    t.s.phase = Phase.TAKEOVER_MOVING;
    InstanceKey target = Takeover.target(t);
    Instance master = t.s.takeover.master.orElseThrow();
    Instance targetNow = t.s.live.get(target);
    if (t.isByPosition()) {
      t.note("The other replicas stay below " + t.failed() + " until it is replaced: no GTIDs");
      return;
    }
    if (targetNow != null && TakeoverRules.siblingsAreNeeded(master, targetNow)) {
      t.note("The other replicas stay below " + t.failed() + ": its commits wait for them");
      return;
    }
    for (InstanceKey replica : t.s.replicas()) {
      Instance instance = t.s.live.get(replica);
      // One that does not answer is downtimed: it is left for the time after the promotion.
      if (!replica.equals(target) && instance != null && !isBelow(instance, target)) {
        t.s.takeover.moves.put(replica, new Move(Stage.QUEUED, 0, Optional.empty(), t.now));
      }
    }
    pump(t);
  }

  static boolean isBelow(Instance replica, InstanceKey source) {
    return replica
        .replication()
        .filter(r -> r.source().equals(source) && r.ioThread() == ThreadState.RUNNING)
        .isPresent();
  }

  static void advance(Turn t) {
    boolean done = t.s.takeover.moves.values().stream().allMatch(m -> m.stage() == Stage.DONE);
    if (done) {
      TakeoverApproach.advance(t);
    } else {
      awaitTarget(t);
    }
  }

  private static void pump(Turn t) {
    long underWay =
        t.s.takeover.moves.values().stream()
            .filter(m -> m.stage() != Stage.QUEUED && m.stage() != Stage.DONE)
            .count();
    for (InstanceKey replica : t.s.replicas()) {
      Move move = t.s.takeover.moves.get(replica);
      if (move != null
          && move.stage() == Stage.QUEUED
          && underWay++ < t.policy().replicas().maxConcurrentMoves()) {
        put(t, replica, move.to(Stage.STOPPING, t.now));
        t.perform(
            new Pending.TakeoverMove(replica),
            new ServerAction.StopReplication(replica),
            Patience.CHANGE);
      }
    }
  }

  private static void put(Turn t, InstanceKey replica, Move move) {
    t.s.takeover.moves.put(replica, move);
  }

  static void acted(Turn t, InstanceKey replica, ActionOutcome outcome) {
    Move move = t.s.takeover.moves.get(replica);
    if (t.s.phase != Phase.TAKEOVER_MOVING || move == null) {
      return;
    }
    switch (outcome) {
      case ActionOutcome.Applied(Instance after, _) -> {
        t.answered(replica, after);
        if (move.stage() == Stage.STOPPING) {
          put(t, replica, new Move(Stage.AWAITING, move.attempts(), needs(t, after), t.now));
        } else {
          put(t, replica, move.to(Stage.CONNECTING, t.now));
          connecting(t, replica, after);
        }
      }
      case ActionOutcome.NotApplied(String reason) -> failed(t, replica, reason);
      case ActionOutcome.Unknown(String reason) -> failed(t, replica, reason);
    }
  }

  /** Transactions that it alone has come to no other server, however long one waits. */
  private static Optional<GtidSet> needs(Turn t, Instance replica) {
    return replica.gtid().executed().map(all -> t.survivors().executedGtids(replica));
  }

  private static void failed(Turn t, InstanceKey replica, String reason) {
    if (t.s.circumstances.downtimed().contains(replica)) {
      t.note("Downtimed " + replica + " could not be moved: " + reason);
      done(t, replica);
    } else {
      Undoing.begin(t, replica + " could not be moved below " + Takeover.target(t) + ": " + reason);
    }
  }

  private static void done(Turn t, InstanceKey replica) {
    Move move = t.s.takeover.moves.get(replica);
    if (move != null) {
      put(t, replica, move.to(Stage.DONE, t.now));
    }
    pump(t);
  }

  /** Moves those that the target has overtaken; reads the target again for the others. */
  private static void awaitTarget(Turn t) {
    Instance target = t.s.live.get(Takeover.target(t));
    Optional<GtidSet> has = Optional.ofNullable(target).flatMap(i -> i.gtid().executed());
    boolean waiting = false;
    for (InstanceKey replica : t.s.replicas()) {
      Move move = t.s.takeover.moves.get(replica);
      if (move == null || (move.stage() != Stage.AWAITING && move.stage() != Stage.CONNECTING)) {
        continue;
      }
      if (move.stage() == Stage.CONNECTING) {
        waiting = true;
      } else if (move.needs()
          .filter(set -> !has.filter(h -> h.covers(set)).isPresent())
          .isEmpty()) {
        change(t, replica, move);
      } else if (isLate(t, move.since(), t.policy().replication().reasonableMaintenanceLag())) {
        failed(t, replica, Takeover.target(t) + " does not catch up with it");
        return;
      } else {
        waiting = true;
      }
    }
    if (waiting && !t.isWakePending(Alarm.TAKEOVER_MOVES) && !isPolling(t)) {
      t.wake(Alarm.TAKEOVER_MOVES, Patience.MOVE_POLL);
    }
  }

  private static boolean isLate(Turn t, Instant since, Duration limit) {
    return !t.now.isBefore(since.plus(limit));
  }

  private static boolean isPolling(Turn t) {
    return t.isPending(Pending.TakeoverMovePoll.class::isInstance);
  }

  private static void change(Turn t, InstanceKey replica, Move move) {
    Instance instance = t.s.live.get(replica);
    if (instance == null) {
      failed(t, replica, Moving.silence(t, replica));
      return;
    }
    put(t, replica, move.to(Stage.CHANGING, t.now));
    t.perform(
        new Pending.TakeoverMove(replica),
        new ServerAction.ChangeSource(
            replica, Takeover.target(t), Turn.positionFor(instance), true),
        Patience.CHANGE_SOURCE);
  }

  /** Reads the target, and the replicas that are not connected yet. */
  static void pollNow(Turn t) {
    if (t.s.phase != Phase.TAKEOVER_MOVING) {
      return;
    }
    InstanceKey target = Takeover.target(t);
    t.probe(new Pending.TakeoverMovePoll(target), target);
    t.s.takeover.moves.forEach((replica, move) -> {
      if (move.stage() == Stage.CONNECTING) {
        t.probe(new Pending.TakeoverMovePoll(replica), replica);
      }
    });
  }

  static void polled(Turn t, InstanceKey key, Instance instance) {
    if (t.s.phase != Phase.TAKEOVER_MOVING) {
      return;
    }
    t.answered(key, instance);
    Move move = t.s.takeover.moves.get(key);
    if (key.equals(Takeover.target(t))) {
      t.s.takeover.failedReadsOfTarget = 0;
    } else if (move != null && move.stage() == Stage.CONNECTING) {
      connecting(t, key, instance);
    }
  }

  static void pollFailed(Turn t, InstanceKey key, String reason) {
    if (t.s.phase != Phase.TAKEOVER_MOVING) {
      return;
    }
    t.note(key + " was not read: " + reason);
    Move move = t.s.takeover.moves.get(key);
    if (key.equals(Takeover.target(t))) {
      if (++t.s.takeover.failedReadsOfTarget >= 2) {
        Undoing.begin(t, key + " does not answer any more: " + reason);
      }
    } else if (move != null && isLate(t, move.since(), Patience.CONNECTED)) {
      failed(t, key, reason);
    }
  }

  private static void connecting(Turn t, InstanceKey replica, Instance instance) {
    Move move = t.s.takeover.moves.get(replica);
    if (isBelow(instance, Takeover.target(t))) {
      t.note(replica + " replicates from " + Takeover.target(t));
      done(t, replica);
    } else if (move != null && isLate(t, move.since(), Patience.CONNECTED)) {
      failed(
          t,
          replica,
          "it does not connect: "
              + instance.replication().map(Replication::lastIoError).orElse("it is no replica"));
    }
  }
}
