package orchestrator.core.recovery;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.MoveProgress;
import orchestrator.core.recovery.RecoveryState.MoveStage;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Moves the other replicas below the intended server, a few at a time, delayed and slow ones last.
 * Nothing waits for a move but the end of the recovery.
 */
final class Moving {
  private static final Duration SLOW = Duration.ofMillis(500);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);
  private static final int ATTEMPTS = 2;

  private Moving() {}

  static void start(Turn t) {
    // One that is postponed must not take the place of another.
    t.s.replicas().stream()
        .sorted(Comparator.comparing(replica -> isPostponed(t, replica)))
        .forEach(replica -> consider(t, replica));
  }

  private static boolean isPostponed(Turn t, InstanceKey replica) {
    Instance instance = t.s.live.get(replica);
    return instance != null && isPostponed(t, instance);
  }

  /** Queues a replica that answered, unless its fate is known; also one that answers late. */
  static void consider(Turn t, InstanceKey replica) {
    InstanceKey master = t.successor().orElseThrow();
    Instance instance = t.s.live.get(replica);
    // What it has is not known yet: it is asked, and the replicas are considered again.
    boolean masterIsAsked =
        t.s.phase == Phase.PROMOTING
            && !t.s.live.containsKey(master)
            && t.s.intendedExecuted.isEmpty();
    if (instance == null
        || masterIsAsked
        || replica.equals(master)
        || t.s.moves.containsKey(replica)
        || t.s.settled.containsKey(replica)) {
      return;
    }
    if ((t.s.resumed || t.isTakeover()) && isConnected(instance, master)) {
      // A takeover leaves it what it had of its own before.
      Optional<String> extra =
          t.isTakeover() ? Optional.empty() : MoveObstacle.beyond(t, instance, master);
      settle(
          t,
          replica,
          extra.map(text -> new ReplicaFate(Kind.LOST, text)).orElse(moved(instance, master)));
      return;
    }
    Optional<String> reason =
        t.s.ticket.promoted().flatMap(m -> MoveObstacle.whileSilent(t, instance, m));
    if (reason.isPresent()) {
      settle(t, replica, new ReplicaFate(Kind.UNREACHABLE, reason.get()));
      return;
    }
    Optional<String> refusal = MoveObstacle.to(t, instance, master);
    if (refusal.isPresent()) {
      settle(t, replica, TakeoverByPosition.unmoved(t, replica, refusal.get()));
      return;
    }
    MoveStage stage = isPostponed(t, instance) ? MoveStage.POSTPONED : MoveStage.QUEUED;
    t.s.moves.put(replica, new MoveProgress(stage, 0, t.now));
    pump(t);
  }

  static boolean isPostponed(Turn t, Instance replica) {
    long limit = t.policy().replicas().postponeOnDelay().toSeconds();
    long delay = replica.replication().map(Replication::sqlDelaySeconds).orElse(0L);
    return (limit > 0 && delay > limit) || replica.freshness().latency().compareTo(SLOW) > 0;
  }

  /** Sends as many moves as may be under way. */
  static void pump(Turn t) {
    long underWay = t.s.moves.values().stream().filter(MoveProgress::isUnderWay).count();
    long free = t.policy().replicas().maxConcurrentMoves() - underWay;
    for (MoveStage stage : new MoveStage[] {MoveStage.QUEUED, MoveStage.POSTPONED}) {
      if (free <= 0) {
        return;
      }
      List<InstanceKey> next =
          t.s.moves.entrySet().stream()
              .filter(move -> move.getValue().stage() == stage)
              .map(Map.Entry::getKey)
              .filter(replica -> mayGo(t, replica))
              .limit(free)
              .toList();
      next.forEach(replica -> send(t, replica));
      free -= next.size();
    }
  }

  /**
   * Changing the source throws away what was fetched and not applied. Until the new master is
   * certain, that may still be needed; and without GTIDs, where a replica was in the log of the old
   * one. One that feeds the new master would make a ring with it, if that dies before its own
   * replication is reset.
   */
  private static boolean mayGo(Turn t, InstanceKey replica) {
    Instance instance = t.s.live.get(replica);
    return t.s.phase != Phase.PROMOTING
        || (!t.isByPosition()
            && !isFeeder(t, replica)
            && (instance == null || t.survivors().isApplied(instance)));
  }

  private static boolean isFeeder(Turn t, InstanceKey replica) {
    return t.successor()
        .flatMap(master -> Optional.ofNullable(t.s.live.get(master)))
        .flatMap(Instance::upstreamKey)
        .filter(replica::equals)
        .isPresent();
  }

  /** No new master is certain: what was not begun is left as it is. */
  static void cancel(Turn t) {
    t.s.moves.replaceAll((replica, progress) ->
        progress.stage() == MoveStage.QUEUED || progress.stage() == MoveStage.POSTPONED
            ? new MoveProgress(MoveStage.DONE, progress.attempts(), t.now)
            : progress);
  }

  private static void send(Turn t, InstanceKey replica) {
    MoveProgress queued = t.s.moves.get(replica);
    if (queued == null
        || (queued.stage() != MoveStage.QUEUED && queued.stage() != MoveStage.POSTPONED)) {
      return; // what was settled just now has had it sent already
    }
    InstanceKey master = t.successor().orElseThrow();
    Instance instance = t.s.live.get(replica);
    if (instance == null) {
      settle(t, replica, new ReplicaFate(Kind.UNREACHABLE, silence(t, replica)));
      return;
    }
    if (MovingByPosition.isMeant(t, instance)) {
      MovingByPosition.send(t, replica, instance);
      return;
    }
    t.s.moves.put(replica, new MoveProgress(MoveStage.CHANGING, queued.attempts() + 1, t.now));
    t.perform(
        new Pending.Move(replica),
        new ServerAction.ChangeSource(replica, master, Turn.positionFor(instance), true),
        Patience.CHANGE_SOURCE);
  }

  static String silence(Turn t, InstanceKey replica) {
    return t.s.silent.getOrDefault(replica, "it did not answer");
  }

  static void changed(Turn t, InstanceKey replica, ActionOutcome outcome) {
    MoveProgress progress = t.s.moves.get(replica);
    if (progress == null || isGivenUp(t)) {
      return;
    }
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        t.s.moves.put(replica, new MoveProgress(MoveStage.CONNECTING, progress.attempts(), t.now));
        t.answered(replica, applied.after());
        connecting(t, replica, applied.after(), true);
      }
      case ActionOutcome.NotApplied refused ->
          again(t, replica, new ReplicaFate(Kind.LOST, refused.reason()));
      case ActionOutcome.Unknown unknown -> {
        t.note("Move of " + replica + ": " + unknown.reason());
        t.s.moves.put(replica, new MoveProgress(MoveStage.CONNECTING, progress.attempts(), t.now));
        t.probe(new Pending.MoveCheck(replica), replica);
      }
    }
  }

  static void checked(Turn t, InstanceKey replica, Instance instance) {
    MoveProgress progress = t.s.moves.get(replica);
    if (progress == null || isGivenUp(t)) {
      return;
    }
    t.answered(replica, instance);
    if (progress.stage() == MoveStage.APPLYING) {
      MovingByPosition.applied(t, replica, instance, progress);
    } else {
      connecting(t, replica, instance, false);
    }
  }

  static void checkFailed(Turn t, InstanceKey replica, String reason) {
    if (t.s.moves.containsKey(replica) && !isGivenUp(t)) {
      again(t, replica, new ReplicaFate(Kind.UNREACHABLE, reason));
    }
  }

  /** Tries once more, or accepts the fate. */
  static void again(Turn t, InstanceKey replica, ReplicaFate otherwise) {
    MoveProgress progress = t.s.moves.get(replica);
    boolean goingOn = t.s.phase != Phase.FAILING && t.s.errors.isEmpty();
    if (progress != null && progress.attempts() < ATTEMPTS && goingOn) {
      t.s.moves.put(replica, new MoveProgress(MoveStage.QUEUED, progress.attempts(), t.now));
      pump(t);
    } else {
      settle(t, replica, otherwise);
    }
  }

  /**
   * @param justChanged whether the action itself says that the source was changed
   */
  private static void connecting(
      Turn t, InstanceKey replica, Instance instance, boolean justChanged) {
    InstanceKey master = t.successor().orElseThrow();
    MoveProgress progress = t.s.moves.get(replica);
    boolean pointsThere = justChanged || instance.sourceKey().filter(master::equals).isPresent();
    if (!pointsThere) {
      again(
          t,
          replica,
          new ReplicaFate(Kind.LOST, "it still replicates from " + instance.sourceKey()));
    } else if (instance.replication().map(Replication::ioThread).orElse(ThreadState.NONE)
        == ThreadState.RUNNING) {
      Optional<String> extra = MoveObstacle.beyond(t, instance, master);
      settle(
          t,
          replica,
          extra.map(text -> new ReplicaFate(Kind.LOST, text)).orElse(moved(instance, master)));
    } else if (progress != null && t.now.isBefore(progress.since().plus(Patience.CONNECTED))) {
      checkLater(t);
    } else {
      // It is nothing about the replica when its new master does not answer us either.
      Kind kind = t.s.live.containsKey(master) ? Kind.LOST : Kind.UNREACHABLE;
      settle(t, replica, new ReplicaFate(kind, notConnected(instance, master)));
    }
  }

  static void checkLater(Turn t) {
    if (!t.isWakePending(Alarm.MOVE_CHECK)) {
      t.wake(Alarm.MOVE_CHECK, CHECK_INTERVAL);
    }
  }

  /** The server below which they are moved will not be the master. */
  private static boolean isGivenUp(Turn t) {
    return t.s.isIn(Phase.ABANDONING, Phase.UNDOING);
  }

  /** Reads the replicas that are not connected yet. */
  static void checkNow(Turn t) {
    t.s.moves.forEach((replica, progress) -> {
      boolean underWay = t.isPending(p -> p.equals(new Pending.MoveCheck(replica)));
      boolean waits =
          progress.stage() == MoveStage.CONNECTING || progress.stage() == MoveStage.APPLYING;
      if (waits && !underWay) {
        t.probe(new Pending.MoveCheck(replica), replica);
      }
    });
  }

  private static boolean isConnected(Instance replica, InstanceKey master) {
    return replica
        .replication()
        .filter(r -> r.source().equals(master) && r.ioThread() == ThreadState.RUNNING)
        .isPresent();
  }

  static ReplicaFate moved(Instance replica, InstanceKey master) {
    String broken =
        Survivors.isSqlThreadBroken(replica)
            ? "; its SQL thread is stopped: "
                + replica.replication().map(Replication::lastSqlError).orElse("")
            : "";
    return new ReplicaFate(Kind.MOVED, "replicates from " + master + broken);
  }

  static String notConnected(Instance replica, InstanceKey master) {
    return "it was pointed at "
        + master
        + " and does not connect: "
        + replica.replication().map(Replication::lastIoError).orElse("it is no replica");
  }

  static void settle(Turn t, InstanceKey replica, ReplicaFate fate) {
    t.s.settled.put(replica, fate);
    MoveProgress progress = t.s.moves.get(replica);
    if (progress != null) {
      t.s.moves.put(replica, new MoveProgress(MoveStage.DONE, progress.attempts(), t.now));
    }
    if (t.s.ticket.promoted().isPresent()) {
      publish(t, replica);
    }
    pump(t);
  }

  /** A fate counts, and has consequences, only once its new master is certain. */
  static void publish(Turn t, InstanceKey replica) {
    ReplicaFate fate = t.s.settled.get(replica);
    if (fate == null || !t.s.published.add(replica)) {
      return;
    }
    t.record(new JournalEntry.ReplicaSettled(replica, fate));
    if (fate.kind() == Kind.LOST) {
      t.also(Closing.lostInRecovery(t, replica));
      if (t.policy().replicas().detachLost() && !pointsAtMaster(t, replica)) {
        t.perform(
            new Pending.Aside("Detaching lost replica " + replica),
            new ServerAction.DetachSource(replica),
            Patience.CHANGE);
      }
    }
  }

  /** Then it only cannot connect, and goes on when it can. */
  private static boolean pointsAtMaster(Turn t, InstanceKey replica) {
    Optional<InstanceKey> source =
        Optional.ofNullable(t.s.live.get(replica)).flatMap(Instance::sourceKey);
    return source.isPresent() && source.equals(t.s.ticket.promoted());
  }

  /** Whether every move that is not postponed has ended. */
  static boolean promptOnesAreDone(Turn t) {
    return t.s.moves.values().stream()
        .allMatch(m -> m.stage() == MoveStage.DONE || m.stage() == MoveStage.POSTPONED);
  }

  static boolean areDone(Turn t) {
    return t.s.moves.values().stream().allMatch(m -> m.stage() == MoveStage.DONE);
  }
}
