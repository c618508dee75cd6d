package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;

/** Ends a recovery: waits for what still runs, accounts for every replica, closes the record. */
final class Closing {
  private static final String OWNER = "orchestrator";
  private static final Duration LOST_FOR = Duration.ofDays(365);

  private Closing() {}

  /**
   * Nobody may be promoted now, by the rules: the next attempt is held back by nothing. What was
   * tried and abandoned is no such end.
   */
  static void veto(Turn t, String reason) {
    t.s.releaseBlock = t.s.excluded.isEmpty();
    fail(t, reason);
  }

  static void fail(Turn t, String reason) {
    if (Undoing.isOwed(t)) {
      Undoing.begin(t, reason);
      return;
    }
    t.s.errors.add(reason);
    t.note(reason);
    Moving.cancel(t);
    if (t.s.ticket.intended().isEmpty() && t.s.ticket.kind().brake() != Brake.RELOCATION) {
      Restoring.all(t);
    }
    HookRun.begin(t, Phase.FAILING, HookPoint.POST_UNSUCCESSFUL_FAILOVER);
  }

  static void begin(Turn t) {
    t.s.phase = Phase.CLOSING;
  }

  /** Closes the record when nothing is under way any more. */
  static void advance(Turn t) {
    boolean busy =
        t.isPending(p ->
            switch (p) {
              case Pending.Wake ignored -> false;
              case Pending.Hook hook -> !hook.asynchronous();
              default -> true;
            });
    if (busy || !t.s.commits.isEmpty() || !Moving.areDone(t)) {
      return;
    }
    if (Undoing.isOwed(t)) {
      Undoing.begin(t, t.failed() + " answered late, and was set read-only");
      return;
    }
    boolean successful = t.s.ticket.promoted().isPresent();
    t.s.errors.addAll(ServersBelow.lost(t));
    t.s.errors.addAll(TakeoverByPosition.left(t));
    List<JournalEntry> entries = new ArrayList<>(remainingFates(t));
    LossReport loss = LeftWithOthers.knownNow(t);
    if (!loss.equals(t.s.ticket.loss())) {
      entries.add(new JournalEntry.LossAssessed(loss));
    }
    entries.add(new JournalEntry.Closed(successful, t.s.errors));
    List<Command> commands = new ArrayList<>();
    boolean undone = Undoing.isUndone(t);
    if ((successful || undone) && t.s.ticket.kind().brake() == Brake.FAILOVER) {
      t.s.replicas().stream()
          .filter(replica -> hasStrayed(t, replica))
          .forEach(replica -> commands.add(lostInRecovery(t, replica)));
    }
    if (t.s.releaseBlock) {
      commands.add(acknowledged(t, "Forbidden before a server was promoted"));
    } else if (SilentSource.hasLeftReplicas(t)) {
      commands.add(acknowledged(t, "Replicas are left that wait for the failover of their source"));
    } else if (t.isTakeover() && (successful || undone)) {
      commands.add(acknowledged(t, "A planned takeover holds back no recovery"));
    } else if (undone && t.s.ticket.loss().equals(LossReport.UNKNOWN)) {
      // To acknowledge a loss that was refused is to accept it, which is for a person to do.
      commands.add(acknowledged(t, "The master takes writes as before"));
    } else if (t.policy().acknowledgeComplete() && isComplete(t)) {
      commands.add(acknowledged(t, "Nothing is left to do (AcknowledgeCompleteRecoveries)"));
    }
    t.commit(CommitKind.CLOSE, entries, commands);
  }

  /** Successful, and nobody has to look after anything. */
  private static boolean isComplete(Turn t) {
    boolean allAreFine =
        t.s.replicas().stream()
            .map(replica -> fate(t, replica).kind())
            .allMatch(kind -> kind == Kind.PROMOTED || kind == Kind.MOVED || kind == Kind.KEPT);
    // What became of an earlier run's processes is not in the record.
    boolean processesWere = !t.s.processFailed && t.s.startedBefore.isEmpty();
    return t.s.ticket.promoted().isPresent()
        && t.s.errors.isEmpty()
        && allAreFine
        && processesWere
        && isNothingLeft(t);
  }

  /**
   * A failover that does not know what it lost is not complete. Of new sources the fates of the
   * replicas tell: one that has what others lack is lost. A repair is never complete: what made it
   * necessary may do so again at once.
   */
  private static boolean isNothingLeft(Turn t) {
    LossReport loss = LeftWithOthers.knownNow(t);
    return switch (t.s.ticket.kind().brake()) {
      case FAILOVER ->
          loss.log()
              .map(LossReport.LogLoss::isNothing)
              .orElseGet(() -> isKnownEmpty(loss.knownMissing()) && isKnownEmpty(loss.unapplied()));
      case RELOCATION -> true;
      case SEMI_SYNC_REPAIR, READ_ONLY_REPAIR -> false;
    };
  }

  private static boolean isKnownEmpty(Optional<GtidDifference> difference) {
    return difference.filter(GtidDifference::isEmpty).isPresent();
  }

  private static ReplicaFate fate(Turn t, InstanceKey replica) {
    ReplicaFate settled = t.s.settled.get(replica);
    return settled != null
        ? settled
        : t.s.ticket.fates().getOrDefault(replica, ReplicaFate.UNSETTLED);
  }

  private static Command acknowledged(Turn t, String comment) {
    return new Command.AcknowledgeRecoveries(
        new Command.Selector.ByUid(t.s.ticket.uid()), new Acknowledgement(OWNER, comment, t.now));
  }

  private static List<JournalEntry> remainingFates(Turn t) {
    List<JournalEntry> entries = new ArrayList<>();
    for (InstanceKey replica : t.s.replicas()) {
      ReplicaFate known = t.s.settled.get(replica);
      if (known == null && t.s.silent.containsKey(replica) && isOpen(t, replica)) {
        known = new ReplicaFate(Kind.UNREACHABLE, Moving.silence(t, replica));
        t.s.settled.put(replica, known);
      }
      if (known != null && t.s.published.add(replica)) {
        entries.add(new JournalEntry.ReplicaSettled(replica, known));
      }
    }
    return entries;
  }

  /**
   * Whether it was reset as a candidate, and is silent since. It has no source any more, and its
   * replicas would call for a failover of their own, long after this one.
   */
  private static boolean hasStrayed(Turn t, InstanceKey replica) {
    boolean silent =
        Optional.ofNullable(t.s.settled.get(replica))
            .filter(fate -> fate.kind() == Kind.UNREACHABLE)
            .isPresent();
    boolean knownWithoutSource =
        t.s
            .circumstances
            .lastRead(replica)
            .filter(before -> before.freshness().lastSeen().isPresent() && !before.isReplica())
            .isPresent();
    return silent && (knownWithoutSource || t.s.excluded.containsKey(replica));
  }

  private static boolean isOpen(Turn t, InstanceKey replica) {
    ReplicaFate fate = t.s.ticket.fates().getOrDefault(replica, ReplicaFate.UNSETTLED);
    return fate.kind() == Kind.PENDING;
  }

  static void closed(Turn t) {
    boolean successful = t.s.ticket.promoted().isPresent();
    t.finish(
        true,
        successful,
        successful ? success(t, t.s.ticket.promoted().get()) : String.join("; ", t.s.errors));
  }

  private static String success(Turn t, InstanceKey successor) {
    return successor.equals(t.failed())
        ? successor + " is repaired"
        : successor + " replaces " + t.failed();
  }

  static Command lostInRecovery(Turn t, InstanceKey key) {
    return lostInRecovery(key, t.now);
  }

  static Command lostInRecovery(InstanceKey key, Instant now) {
    return new Command.BeginDowntime(
        new Downtime(key, OWNER, Downtime.LOST_IN_RECOVERY, now, now.plus(LOST_FOR)));
  }
}
