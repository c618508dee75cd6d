package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.recovery.CandidateChoice.Feed;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.MoveProgress;
import orchestrator.core.recovery.RecoveryState.MoveStage;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Gives the replicas of a dead server new sources, a few at a time, delayed and slow ones last. A
 * move that fails is tried with the next best source; each pair is tried once, so this ends.
 */
final class Relocating {
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);

  private Relocating() {}

  /** Queues the replicas that answered and have no fate yet, and sends what may be sent. */
  static void pump(Turn t) {
    if (!t.s.isIn(Phase.RELOCATING, Phase.SETTLING, Phase.POST_HOOKS, Phase.CLOSING)) {
      return;
    }
    for (InstanceKey replica : t.s.replicas()) {
      Instance instance = t.s.live.get(replica);
      if (instance != null
          && !t.s.settled.containsKey(replica)
          && !t.s.moves.containsKey(replica)) {
        MoveStage stage = Moving.isPostponed(t, instance) ? MoveStage.POSTPONED : MoveStage.QUEUED;
        t.s.moves.put(replica, new MoveProgress(stage, 0, t.now));
      }
    }
    if (t.s.sourceReplacedBy.isPresent()) {
      SilentSource.leaveToTheNext(t, t.s.sourceReplacedBy.get());
      return;
    }
    boolean settledAny;
    do {
      settledAny = round(t);
    } while (settledAny);
  }

  /** One look at all that wait. Returns whether a fate was settled: others may depend on it. */
  private static boolean round(Turn t) {
    chooseLeader(t);
    int fates = t.s.settled.size();
    Set<InstanceKey> behind = new HashSet<>();
    for (MoveStage stage : new MoveStage[] {MoveStage.QUEUED, MoveStage.POSTPONED}) {
      for (InstanceKey replica : t.s.replicas()) {
        MoveProgress progress = t.s.moves.get(replica);
        Instance instance = t.s.live.get(replica);
        if (progress != null && progress.stage() == stage && instance != null) {
          next(t, replica, instance, behind);
        }
      }
    }
    awaitThose(t, behind);
    return t.s.settled.size() > fates;
  }

  private static void next(
      Turn t, InstanceKey replica, Instance instance, Set<InstanceKey> behind) {
    if (replicatesElsewhere(t, instance)) {
      settle(t, replica, Moving.moved(instance, instance.sourceKey().orElseThrow()));
      return;
    }
    switch (new SourceChoice(t.s).destinationOf(instance)) {
      case SourceChoice.Destination.To to -> {
        if (underWay(t) < t.policy().replicas().maxConcurrentMoves()) {
          send(t, replica, instance, to.source());
        }
      }
      case SourceChoice.Destination.Later later -> {
        behind.addAll(later.behind());
        if (SilentSource.isUndecided(t.s)) {
          to(t, replica, MoveStage.POSTPONED); // that may take long: it holds up nobody else
        }
      }
      case SourceChoice.Destination.Nowhere nowhere -> {
        settle(t, replica, new ReplicaFate(Kind.LOST, nowhere.reason()));
        if (nowhere.isAhead()) {
          AheadOfSource.tellLoss(t, replica);
        }
      }
    }
  }

  private static boolean replicatesElsewhere(Turn t, Instance instance) {
    return instance
        .replication()
        .filter(r -> r.ioThread() == ThreadState.RUNNING && !r.source().equals(t.failed()))
        .isPresent();
  }

  private static long underWay(Turn t) {
    return t.s.moves.values().stream().filter(MoveProgress::isUnderWay).count();
  }

  private static void chooseLeader(Turn t) {
    t.s
        .candidate
        .filter(leader -> isOutOfQuestion(t, leader))
        .ifPresent(leader -> {
          t.s.excluded.put(leader, "it could not be moved");
          t.s.candidate = Optional.empty();
        });
    if (t.s.candidate.isEmpty()) {
      SourceChoice choice = new SourceChoice(t.s);
      t.s.candidate = choice.newLeader();
      t.s.candidate.map(t.s.live::get).ifPresent(leader -> t.note(choice.reasonsOf(leader)));
    }
  }

  private static boolean isOutOfQuestion(Turn t, InstanceKey leader) {
    ReplicaFate fate = t.s.settled.get(leader);
    return fate != null && fate.kind() != Kind.MOVED;
  }

  /** Servers that will have what a replica has: read again, as long as they make progress. */
  private static void awaitThose(Turn t, Set<InstanceKey> behind) {
    if (behind.isEmpty()) {
      return;
    }
    if (SilentSource.isUndecided(t.s)) {
      SilentSource.await(t, behind);
      if (t.s.sourceGivenUp) {
        round(t);
      }
      return;
    }
    // Not what they have: a source may go on writing, and none of it is what is waited for.
    List<Long> mark = new SourceChoice(t.s).lacking(behind);
    if (Waiting.isTooLong(t, mark, t.policy().waits().withoutProgress())) {
      t.s.waitingSince = Optional.empty();
      refuseThose(t, behind);
      round(t);
    } else if (!t.isWakePending(Alarm.RELOCATION)) {
      t.s.polled.addAll(behind);
      t.wake(Alarm.RELOCATION, Waiting.pollInterval(t));
    }
  }

  /** As sources of those that wait for it: the others may have waited for these only. */
  private static void refuseThose(Turn t, Set<InstanceKey> behind) {
    SourceChoice choice = new SourceChoice(t.s);
    for (InstanceKey replica : t.s.replicas()) {
      Instance instance = t.s.live.get(replica);
      for (InstanceKey source : behind) {
        Optional.ofNullable(instance)
            .flatMap(server -> choice.awaited(server, source))
            .ifPresent(what ->
                refuse(t, new Feed(replica, source), source + " did not get in time " + what));
      }
    }
  }

  private static void send(Turn t, InstanceKey replica, Instance instance, InstanceKey source) {
    if (RelocatingByPosition.isMeant(t.s.circumstances, instance)) {
      RelocatingByPosition.send(t, replica, source);
    } else {
      change(t, new Feed(replica, source), Turn.positionFor(instance));
    }
  }

  static void change(Turn t, Feed pair, SourcePosition position) {
    InstanceKey replica = pair.replica();
    int attempts =
        Optional.ofNullable(t.s.moves.get(replica)).map(MoveProgress::attempts).orElse(0);
    t.s.moves.put(replica, new MoveProgress(MoveStage.CHANGING, attempts + 1, t.now));
    t.s.failedPolls.remove(replica);
    t.perform(
        new Pending.Relocation(replica, pair.source()),
        new ServerAction.ChangeSource(replica, pair.source(), position, true),
        Patience.CHANGE_SOURCE);
  }

  static void changed(Turn t, Pending.Relocation move, ActionOutcome outcome) {
    MoveProgress progress = t.s.moves.get(move.replica());
    if (progress == null || t.s.settled.containsKey(move.replica())) {
      return;
    }
    t.s.moves.put(
        move.replica(), new MoveProgress(MoveStage.CONNECTING, progress.attempts(), t.now));
    String failure =
        switch (outcome) {
          case ActionOutcome.Applied ignored -> "";
          case ActionOutcome.NotApplied refused -> refused.reason();
          case ActionOutcome.Unknown unknown -> unknown.reason();
        };
    if (outcome instanceof ActionOutcome.Applied applied) {
      t.answered(move.replica(), applied.after());
      connecting(t, move, applied.after(), true);
    } else {
      t.note("Move of %s below %s: %s".formatted(move.replica(), move.source(), failure));
      t.s.moveFailures.put(move.replica(), failure);
      check(t, move);
    }
    pump(t);
  }

  private static void check(Turn t, Pending.Relocation move) {
    t.probe(new Pending.RelocationCheck(move.replica(), move.source()), move.replica());
  }

  static void checked(Turn t, Pending.RelocationCheck check, Instance instance) {
    if (!t.s.settled.containsKey(check.replica())) {
      t.s.failedPolls.remove(check.replica());
      t.answered(check.replica(), instance);
      connecting(t, new Pending.Relocation(check.replica(), check.source()), instance, false);
      pump(t);
    }
  }

  /** A server that fails to answer twice is given up. */
  static void checkFailed(Turn t, Pending.RelocationCheck check, String reason) {
    if (t.s.settled.containsKey(check.replica())) {
      return;
    }
    if (t.s.failedPolls.merge(check.replica(), 1, Integer::sum) < 2) {
      later(t, new Pending.Relocation(check.replica(), check.source()));
    } else {
      settle(t, check.replica(), new ReplicaFate(Kind.UNREACHABLE, reason));
      pump(t);
    }
  }

  /**
   * @param justChanged whether the action itself says that the source was changed
   */
  private static void connecting(
      Turn t, Pending.Relocation move, Instance instance, boolean justChanged) {
    Optional<Replication> replication = instance.replication();
    boolean pointsThere =
        justChanged || instance.sourceKey().filter(move.source()::equals).isPresent();
    ThreadState io = replication.map(Replication::ioThread).orElse(ThreadState.NONE);
    Feed pair = new Feed(move.replica(), move.source());
    if (!pointsThere) {
      String failure = t.s.moveFailures.getOrDefault(move.replica(), "");
      tryNext(t, pair, "it still replicates from " + instance.sourceKey() + " " + failure);
    } else if (AheadOfSource.isSoAfterMove(t, move)) {
      AheadOfSource.stop(t, move);
    } else if (io == ThreadState.RUNNING) {
      settle(t, move.replica(), Moving.moved(instance, move.source()));
    } else if (io != ThreadState.OTHER
        || replication.filter(Replication::isFailingToConnectToSource).isPresent()
        || isTooLate(t, move.replica())) {
      tryNext(t, pair, Moving.notConnected(instance, move.source()));
    } else {
      later(t, move);
    }
  }

  private static boolean isTooLate(Turn t, InstanceKey replica) {
    Instant since =
        Optional.ofNullable(t.s.moves.get(replica)).map(MoveProgress::since).orElse(t.now);
    return !t.now.isBefore(since.plus(Patience.CONNECTED));
  }

  private static void later(Turn t, Pending.Relocation move) {
    t.s.connecting.put(move.replica(), move.source());
    if (!t.isWakePending(Alarm.RELOCATION_CHECK)) {
      t.wake(Alarm.RELOCATION_CHECK, CHECK_INTERVAL);
    }
  }

  /** Reads the replicas that are not connected yet. */
  static void checkNow(Turn t) {
    List<Pending.Relocation> due = new ArrayList<>();
    t.s.connecting.forEach((replica, source) -> due.add(new Pending.Relocation(replica, source)));
    t.s.connecting.clear();
    due.forEach(move -> check(t, move));
  }

  /** Reads the servers that replicas wait for. */
  static void pollNow(Turn t) {
    if (t.s.polled.isEmpty()) {
      pump(t); // the answers that were under way are there, and nobody else looks again
      return;
    }
    t.s.polled.forEach(key -> t.probe(new Pending.Survey(key, t.s.round), key));
    t.s.polled.clear();
  }

  static void tryNext(Turn t, Feed pair, String reason) {
    t.note(pair.replica() + " is not moved below " + pair.source() + ": " + reason);
    refuse(t, pair, pair.source() + ": " + reason);
    to(t, pair.replica(), MoveStage.QUEUED);
  }

  static void to(Turn t, InstanceKey replica, MoveStage stage) {
    MoveProgress progress = t.s.moves.get(replica);
    int attempts = progress == null ? 0 : progress.attempts();
    t.s.moves.put(replica, new MoveProgress(stage, attempts, t.now));
  }

  private static void refuse(Turn t, Feed pair, String reason) {
    t.s.refusedSources.put(pair, reason);
  }

  static void settle(Turn t, InstanceKey replica, ReplicaFate fate) {
    to(t, replica, MoveStage.DONE);
    t.settle(replica, fate);
    Optional.ofNullable(t.s.live.get(replica))
        .filter(instance -> fate.kind() == Kind.LOST)
        .ifPresent(instance -> Restoring.one(t, instance));
  }
}
