package orchestrator.core.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * The planned replacement of a living master, up to the intent to promote its successor. From there
 * on it goes the way of every failover.
 *
 * <p>The order of things: processes that may forbid it; all servers are read and judged again; the
 * other replicas are moved below the target, while the master takes writes, and the target is
 * waited for until it lacks little ({@link TakeoverApproach}); it is recorded that the master may
 * be read-only from now on, and it is set so; the target applies all that the master has. Without
 * GTIDs some of this goes another way ({@link TakeoverByPosition}). What fails until here is undone
 * by {@link Undoing}. A run that takes up the takeover of another looks at the servers and does the
 * same: what is done already is found done.
 */
final class Takeover {
  private Takeover() {}

  static InstanceKey target(Turn t) {
    return t.s.ticket.origin().designated().orElseThrow();
  }

  /** Whether the master may be read-only because of us: recorded before it is set so. */
  static boolean mayBeHeld(Turn t) {
    return t.s.ticket.chosen().isPresent();
  }

  // Looking

  /** The operators' processes have allowed it: reads all servers. */
  static void look(Turn t) {
    t.s.phase = Phase.TAKEOVER_LOOKING;
    t.s.candidate = Optional.of(target(t));
    readAll(t);
  }

  static void readAll(Turn t) {
    t.s.round++;
    t.s.takeover.master = Optional.empty();
    t.s.live.clear();
    t.probe(new Pending.TakeoverLook(t.failed()), t.failed());
    for (InstanceKey replica : t.s.replicas()) {
      t.s.silent.put(replica, "it has not answered yet");
      t.probe(new Pending.TakeoverLook(replica), replica);
    }
  }

  static boolean isLooking(Turn t) {
    return t.isPending(Pending.TakeoverLook.class::isInstance);
  }

  static void seen(Turn t, InstanceKey key, Instance instance) {
    if (key.equals(t.failed())) {
      t.s.takeover.master = Optional.of(instance);
    } else {
      t.answered(key, instance);
    }
  }

  static void notSeen(Turn t, InstanceKey key, String reason) {
    if (key.equals(t.failed())) {
      t.s.takeover.master = Optional.empty();
    } else {
      t.isSilent(key, reason);
    }
  }

  /** All have answered, or will not. */
  static void advanceLooking(Turn t) {
    if (isLooking(t)) {
      return;
    }
    Optional<String> refusal = refusal(t);
    if (refusal.isPresent()) {
      Undoing.begin(t, refusal.get());
    } else if (mayBeHeld(t)) {
      hold(t);
    } else {
      TakeoverMoves.begin(t);
    }
  }

  /** The judgement from before the processes, on what was read now. */
  private static Optional<String> refusal(Turn t) {
    Optional<Instance> master = t.s.takeover.master;
    if (master.isEmpty()) {
      return Optional.of(t.failed() + " does not answer");
    }
    TakeoverRules rules = new TakeoverRules(t.s.circumstances, master.get(), Map.copyOf(t.s.live));
    return rules
        .masterRefusal(mayBeHeld(t))
        .or(() ->
            rules
                .targetRefusal(target(t), mayBeHeld(t) && t.isByPosition())
                .map(reason -> target(t) + ": " + reason))
        .or(() -> rules.siblingRefusals(target(t)).values().stream().findFirst());
  }

  // Read-only

  /** The other replicas are where they are to be, and the target is near. */
  static void moved(Turn t) {
    t.s.phase = Phase.TAKEOVER_HOLDING;
    t.commit(
        CommitKind.HOLD,
        List.of(
            new JournalEntry.CandidateChosen(
                target(t), "it was asked for; " + t.failed() + " is now set read-only")),
        List.of());
  }

  /** Recorded: whoever goes on after us knows that the master may be read-only. */
  static void hold(Turn t) {
    t.s.phase = Phase.TAKEOVER_HOLDING;
    t.perform(
        new Pending.HoldMaster(),
        new ServerAction.SetReadOnly(t.failed(), true, t.policy().promotion().useSuperReadOnly()),
        Patience.HOLD);
  }

  static void held(Turn t, ActionOutcome outcome) {
    if (t.s.phase != Phase.TAKEOVER_HOLDING) {
      return;
    }
    switch (outcome) {
      case ActionOutcome.Applied(Instance after, _) -> {
        t.s.takeover.master = Optional.of(after);
        t.s.takeover.held = Optional.of(after);
        t.s.takeover.quiet = false;
        t.s.takeover.since = t.now;
        t.s.takeover.lastReadOfMaster = t.now;
        t.s.takeover.until = t.now.plus(t.policy().replication().reasonableMaintenanceLag());
        t.s.phase = Phase.TAKEOVER_CATCHING_UP;
        t.note(t.failed() + " is read-only, at " + text(t, after));
        OldClients.end(t, after);
        pollNow(t);
      }
      case ActionOutcome.NotApplied(String reason) ->
          Undoing.begin(t, t.failed() + " could not be set read-only: " + reason);
      case ActionOutcome.Unknown(String reason) ->
          Undoing.begin(
              t, t.failed() + " could not be set read-only within " + seconds() + ": " + reason);
    }
  }

  private static String seconds() {
    return Patience.HOLD.toSeconds() + " s";
  }

  private static String text(Turn t, Instance master) {
    return (t.isByPosition()
            ? master.binlog().position().map(BinlogCoordinates::toString)
            : master.gtid().executed().map(Object::toString))
        .orElse("an unknown position");
  }

  // Catching up

  static void pollNow(Turn t) {
    if (t.s.phase == Phase.TAKEOVER_CATCHING_UP) {
      int round = t.s.takeover.pollRound;
      t.probe(new Pending.TakeoverPoll(t.failed(), round), t.failed());
      t.probe(new Pending.TakeoverPoll(target(t), round), target(t));
      TakeoverByPosition.awaited(t)
          .forEach(replica -> t.probe(new Pending.TakeoverPoll(replica, round), replica));
    }
  }

  /** Something has ended that may have written until now: reads under way may not show it. */
  static void readAnew(Turn t) {
    if (t.s.phase == Phase.TAKEOVER_CATCHING_UP) {
      t.s.takeover.pollRound++;
      t.s.takeover.quiet = false;
      if (!t.isWakePending(Alarm.TAKEOVER_POLL)) {
        pollNow(t);
      }
    }
  }

  private static boolean counts(Turn t, Pending pending) {
    return pending instanceof Pending.TakeoverPoll poll && poll.round() == t.s.takeover.pollRound;
  }

  static void polled(Turn t, Pending.TakeoverPoll poll, Instance instance) {
    InstanceKey key = poll.server();
    if (!counts(t, poll)) {
      return;
    }
    if (key.equals(t.failed())) {
      t.s.takeover.failedReadsOfMaster = 0;
      t.s.takeover.lastReadOfMaster = t.now;
      t.s.takeover.quiet = written(t).covers(t.measure().ofMaster(instance));
      t.s.takeover.held = Optional.of(instance);
      t.s.takeover.master = Optional.of(instance);
    } else {
      if (key.equals(target(t))) {
        t.s.takeover.failedReadsOfTarget = 0;
      }
      t.s.failedPolls.remove(key);
      t.answered(key, instance);
    }
  }

  /** Two in a row count: the first may be an accident of the network. */
  static void pollFailed(Turn t, Pending.TakeoverPoll poll, String reason) {
    InstanceKey key = poll.server();
    if (!counts(t, poll)) {
      return;
    }
    t.note(key + " was not read: " + reason);
    if (key.equals(t.failed())) {
      t.s.takeover.failedReadsOfMaster++;
    } else if (key.equals(target(t))) {
      t.s.takeover.failedReadsOfTarget++;
    } else if (t.s.failedPolls.merge(key, 1, Integer::sum) >= 2) {
      t.isSilent(key, reason);
    }
  }

  /** Judges the last two reads. */
  static void advanceCatchingUp(Turn t) {
    if (t.isPending(pending -> counts(t, pending) || pending instanceof Pending.Halt)
        || t.isWakePending(Alarm.TAKEOVER_POLL)) {
      return;
    }
    Instance held = t.s.takeover.held.orElseThrow();
    Instance target = t.s.live.get(target(t));
    Optional<String> hopeless = hopeless(t, held);
    if (hopeless.isPresent()) {
      Undoing.begin(t, hopeless.get());
    } else if (target != null && isComplete(t)) {
      if (TakeoverByPosition.stands(t, target)) {
        complete(t, target);
      }
    } else if (!t.now.isBefore(t.s.takeover.until)) {
      Undoing.begin(t, tooSlow(t));
    } else {
      TakeoverByPosition.letGoOn(t);
      t.wake(Alarm.TAKEOVER_POLL, pollInterval(t));
    }
  }

  private static void complete(Turn t, Instance target) {
    if (t.s.takeover.failedReadsOfMaster == 0) {
      Preparing.intend(t, target);
    } else {
      // It may have been restarted, and takes writes where we cannot reach it.
      HookRun.begin(t, Phase.INTENDING, HookPoint.FENCING);
    }
  }

  /**
   * A master that was set read-only and then fell silent for a while is what every failover deals
   * with: the target has all that was read of it.
   */
  private static boolean isComplete(Turn t) {
    TakeoverState takeover = t.s.takeover;
    boolean isGone =
        takeover.failedReadsOfMaster >= 2
            && !t.now.isBefore(takeover.lastReadOfMaster.plus(Patience.GONE));
    boolean masterIsDone = takeover.failedReadsOfMaster == 0 ? takeover.quiet : isGone;
    return masterIsDone
        && !OldClients.areAwaited(t)
        && takeover.failedReadsOfTarget == 0
        && lacking(t, target(t)).isEmpty()
        && TakeoverByPosition.awaited(t).isEmpty();
  }

  /** What the master has written, as it was last read. */
  static Progress written(Turn t) {
    return t.s.takeover.held.map(held -> t.measure().ofMaster(held)).orElseGet(Progress::nothing);
  }

  private static Progress.Gap lacking(Turn t, InstanceKey replica) {
    Progress has =
        Optional.ofNullable(t.s.live.get(replica))
            .map(read -> t.measure().ofReplica(read, t.failed()))
            .orElseGet(Progress::nothing);
    return written(t).beyond(has);
  }

  private static Optional<String> hopeless(Turn t, Instance held) {
    if (!held.readOnly()) {
      return Optional.of(t.failed() + " was made writable again by somebody else");
    }
    if (t.s.takeover.failedReadsOfTarget >= 2) {
      return Optional.of(target(t) + " does not answer any more");
    }
    if (t.isByPosition() && held.binlog().position().isEmpty()) {
      return Optional.of("it is not known any more where " + t.failed() + " writes its log");
    }
    return Stream.concat(Stream.of(target(t)), TakeoverByPosition.awaited(t).stream())
        .flatMap(key -> Optional.ofNullable(t.s.live.get(key)).stream())
        .filter(Survivors::isSqlThreadBroken)
        .map(broken -> broken.key() + " does not apply what it fetches" + sqlError(broken))
        .findFirst();
  }

  private static String sqlError(Instance instance) {
    return instance.replication().map(r -> ": " + r.lastSqlError()).orElse("");
  }

  private static String tooSlow(Turn t) {
    long limit = t.policy().replication().reasonableMaintenanceLag().toSeconds();
    InstanceKey late =
        lacking(t, target(t)).isEmpty()
            ? TakeoverByPosition.awaited(t).stream().findFirst().orElse(target(t))
            : target(t);
    return t.s.takeover.quiet
        ? "%s did not apply all of %s within %d s (ReasonableMaintenanceReplicationLagSeconds); it lacks %s"
            .formatted(late, t.failed(), limit, lacking(t, late).text())
        : "%s was read-only and took writes for %d s all the same: its clients may write to read-only servers; use UseSuperReadOnly"
            .formatted(t.failed(), limit);
  }

  /** A quarter of the time waited so far, since writes are blocked as long as this lasts. */
  private static Duration pollInterval(Turn t) {
    Duration quarter = Duration.between(t.s.takeover.since, t.now).dividedBy(4);
    return quarter.compareTo(Patience.FIRST_TAKEOVER_POLL) < 0
        ? Patience.FIRST_TAKEOVER_POLL
        : quarter.compareTo(Patience.LAST_TAKEOVER_POLL) > 0
            ? Patience.LAST_TAKEOVER_POLL
            : quarter;
  }
}
