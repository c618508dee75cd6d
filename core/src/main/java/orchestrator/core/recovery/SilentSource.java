package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.MoveProgress;
import orchestrator.core.recovery.RecoveryState.MoveStage;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * The source of a dead intermediate master, when it is silent too. Until it answers or another
 * server has replaced it, nobody can tell what its other replicas will get, nor who is to be the
 * source of all: its failover may just be stopping them. So no replica is given up before. Once it
 * was replaced, a recovery that begins then knows by whom.
 */
final class SilentSource {
  private static final ReplicaFate LEFT =
      new ReplicaFate(ReplicaFate.Kind.LOST, "it is left to a recovery that a person asked for");

  private SilentSource() {}

  /**
   * A failover may replace the source while this recovery is open: then it is nobody's source any
   * more, also when it answers again.
   */
  static RecoveryState informed(RecoveryState s, ReplicatedState agreed) {
    if (s.ticket.kind().brake() != Brake.RELOCATION || s.sourceReplacedBy.isPresent()) {
      return s;
    }
    Optional<InstanceKey> successor =
        source(s)
            .map(Instance::key)
            .flatMap(agreed::replacementOf)
            .flatMap(RecoveryTicket::promoted);
    if (successor.isEmpty()) {
      return s;
    }
    RecoveryState informed = s.copy();
    informed.sourceReplacedBy = successor;
    return informed;
  }

  /** Leaves to the next recovery, which knows the new source, whom this one has not moved yet. */
  static void leaveToTheNext(Turn t, InstanceKey successor) {
    ReplicaFate left =
        new ReplicaFate(
            ReplicaFate.Kind.LOST,
            "it is left to the next recovery: %s has replaced the source of %s meanwhile"
                .formatted(successor, t.failed()));
    settleThoseThatWait(t, left);
  }

  /** Whether its fate is still to be waited for. */
  static boolean isUndecided(RecoveryState s) {
    return !s.sourceGivenUp && isSilent(s) && !isReplaced(s);
  }

  /** One that never answered is no sign of anything. */
  private static boolean isSilent(RecoveryState s) {
    return s.ticket.kind().brake() == Brake.RELOCATION
        && source(s)
            .filter(source -> source.freshness().lastSeen().isPresent())
            .filter(source -> !s.live.containsKey(source.key()))
            .isPresent();
  }

  private static Optional<Instance> source(RecoveryState s) {
    return s.circumstances.surroundings().source();
  }

  /** Another server's replica, or nobody's: one of those that were its replicas. */
  private static boolean isReplaced(RecoveryState s) {
    Surroundings around = s.circumstances.surroundings();
    Set<InstanceKey> sources = new HashSet<>();
    around.source().map(Instance::key).ifPresent(sources::add);
    around.formerSource().map(Instance::key).ifPresent(sources::add);
    return around.siblings().stream()
        .map(sibling -> s.live.get(sibling.key()))
        .anyMatch(
            sibling -> sibling != null && sibling.sourceKey().filter(sources::contains).isEmpty());
  }

  /** The servers that tell how it goes on. */
  static Set<InstanceKey> witnesses(RecoveryState s) {
    Set<InstanceKey> witnesses = new HashSet<>();
    source(s).map(Instance::key).ifPresent(witnesses::add);
    s.circumstances.surroundings().siblings().stream()
        .map(Instance::key)
        .filter(s.live::containsKey)
        .forEach(witnesses::add);
    return witnesses;
  }

  /** Has the witnesses read again, less often the longer it takes. Gives up at last. */
  static void await(Turn t, Set<InstanceKey> witnesses) {
    Instant since = t.s.undecidedSince.orElse(t.now);
    t.s.undecidedSince = Optional.of(since);
    t.s.waitingSince = Optional.empty();
    Duration limit =
        t.s.ticket.origin().automatic() ? Patience.UNDECIDED : Patience.UNDECIDED_BY_HAND;
    if (!t.now.isBefore(since.plus(limit))) {
      t.s.sourceGivenUp = true;
      t.note("What becomes of the source of " + t.failed() + " is not waited for any longer");
    } else if (!t.isWakePending(Alarm.RELOCATION)) {
      witnesses.stream()
          .filter(key -> !t.isPending(new Pending.Survey(key, t.s.round)::equals))
          .forEach(t.s.polled::add);
      t.wake(Alarm.RELOCATION, Waiting.pollInterval(since, t.now, Patience.LAST_UNDECIDED_POLL));
    }
  }

  /** Whether there is a replica that waits for nothing else. */
  static boolean isAwaited(RecoveryState s) {
    return s.undecidedSince.isPresent()
        && isUndecided(s)
        && s.isIn(Phase.RELOCATING, Phase.SETTLING, Phase.POST_HOOKS, Phase.CLOSING)
        && s.moves.values().stream().anyMatch(SilentSource::waits);
  }

  private static boolean waits(MoveProgress move) {
    return move.stage() == MoveStage.QUEUED || move.stage() == MoveStage.POSTPONED;
  }

  /** Those that wait are left to the recovery for which this one gives way. */
  static void giveWay(Turn t) {
    t.s.sourceGivenUp = true;
    t.note("A person asked for a recovery of " + t.failed() + ": this one gives way to it");
    settleThoseThatWait(t, LEFT);
  }

  private static void settleThoseThatWait(Turn t, ReplicaFate fate) {
    List<InstanceKey> waiting =
        t.s.moves.entrySet().stream()
            .filter(move -> waits(move.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    waiting.forEach(replica -> Relocating.settle(t, replica, fate));
  }

  /** Whether a replica was left behind that the next recovery may find a source for. */
  static boolean hasLeftReplicas(Turn t) {
    return (isSilent(t.s) || t.s.sourceReplacedBy.isPresent())
        && t.s.settled.values().stream().anyMatch(fate -> fate.kind() == ReplicaFate.Kind.LOST);
  }
}
