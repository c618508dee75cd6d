package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Makes the intended server writable, or proves that it is not.
 *
 * <p>It may be writable as soon as a statement that makes it so was sent and not certainly refused;
 * after a restart it always may. It then is left alone only after it was set read-only by a later
 * action, which ended every earlier session of ours first, and was read so.
 */
final class Promoting {
  private Promoting() {}

  /** The intent is committed. */
  static void begin(Turn t, boolean mayBeWritable) {
    t.s.phase = Phase.PROMOTING;
    t.s.mayBeWritable = mayBeWritable;
    t.s.retreating = false;
    t.s.withoutSemiSync = false;
    t.s.refusals = 0;
    t.s.promotionUntil = t.now.plus(Patience.PROMOTION);
    Optional<Instance> before = Optional.ofNullable(t.s.live.get(intended(t)));
    t.s.beforePromotion = before;
    if (t.applies()) {
      reset(t);
      Moving.start(t);
      return;
    }
    t.note("ApplyMySQLPromotionAfterMasterFailover is off: the server is left as it is");
    if (before.isPresent()) {
      promoted(t, before.get());
    } else {
      Closing.fail(
          t,
          intended(t)
              + " was chosen, and does not answer. What your processes have done with it is not"
              + " known, so no other server was promoted. Check whether "
              + intended(t)
              + " runs and whether it is writable; then make it the master, or start a recovery by"
              + " hand");
    }
  }

  private static InstanceKey intended(Turn t) {
    return t.s.ticket.intended().orElseThrow();
  }

  private static void reset(Turn t) {
    InstanceKey key = intended(t);
    t.perform(new Pending.Reset(key), new ServerAction.ResetReplication(key), Patience.CHANGE);
  }

  static void resetDone(Turn t, ActionOutcome outcome) {
    if (t.s.phase != Phase.PROMOTING) {
      return;
    }
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        t.answered(intended(t), applied.after());
        if (hasForgotten(t, applied.after()) && !CoMasters.isWithoutAlternative(t.s)) {
          t.note(
              intended(t)
                  + " has forgotten transactions since it was chosen, in a crash, or may have, and"
                  + " others have them: choosing again");
          retreat(t);
        } else if (applied.after().semiSync().priority() > 0 && !t.s.withoutSemiSync) {
          t.perform(
              new Pending.SemiSyncOn(intended(t)),
              new ServerAction.SetSemiSyncMaster(intended(t), true),
              Patience.CHANGE);
        } else {
          makeWritable(t);
        }
      }
      case ActionOutcome.NotApplied refused -> failedAttempt(t, refused.reason(), true);
      case ActionOutcome.Unknown unknown -> failedAttempt(t, unknown.reason(), false);
    }
  }

  private static boolean hasForgotten(Turn t, Instance now) {
    return hasForgottenGtids(t, now) || mayHaveForgottenPlaces(t, now);
  }

  /**
   * Without GTIDs a place in its log says nothing of what a crash took from it. Its log is in
   * another file than when it was chosen, as after each start, and somebody else has as much as it
   * had then.
   */
  private static boolean mayHaveForgottenPlaces(Turn t, Instance now) {
    return t.s
        .ticket
        .base()
        .filter(base -> base.candidate().equals(now.key()))
        .filter(base ->
            base.position()
                .flatMap(then ->
                    now.binlog().position().filter(at -> !at.logFile().equals(then.logFile())))
                .isPresent())
        .filter(base ->
            t.s.live.values().stream()
                .filter(other -> !other.key().equals(now.key()))
                .flatMap(other -> t.measure().fetched(other, t.failed()).stream())
                .anyMatch(at -> !at.isBefore(base.executed())))
        .isPresent();
  }

  private static boolean hasForgottenGtids(Turn t, Instance now) {
    GtidSet has = now.gtid().executed().orElse(OracleGtidSet.EMPTY);
    return t.s.ticket.executed().filter(had -> !GtidAlgebra.lacking(had, has).isEmpty()).isPresent()
        && !LeftWithOthers.of(t, now, has).isEmpty();
  }

  static void semiSyncDone(Turn t, ActionOutcome outcome) {
    if (t.s.phase != Phase.PROMOTING) {
      return;
    }
    if (outcome instanceof ActionOutcome.Applied) {
      makeWritable(t);
    } else {
      t.note("Semi-synchronous replication could not be switched on at " + intended(t));
      t.s.withoutSemiSync = true;
      // It may have crashed: what it has is looked at again before it is made writable.
      reset(t);
    }
  }

  private static void makeWritable(Turn t) {
    InstanceKey key = intended(t);
    t.perform(
        new Pending.MakeWritable(key),
        new ServerAction.SetReadOnly(key, false, t.policy().promotion().useSuperReadOnly()),
        Patience.CHANGE);
  }

  static void madeWritable(Turn t, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        if (applied.after().readOnly()) {
          t.s.mayBeWritable = true;
          failedAttempt(t, intended(t) + " was read and is still read-only", false);
        } else {
          promoted(t, applied.after());
        }
      }
      case ActionOutcome.NotApplied refused -> failedAttempt(t, refused.reason(), true);
      case ActionOutcome.Unknown unknown -> {
        t.s.mayBeWritable = true;
        failedAttempt(t, unknown.reason(), false);
      }
    }
  }

  /**
   * @param certain whether nothing was changed for sure
   */
  private static void failedAttempt(Turn t, String reason, boolean certain) {
    t.note("Promotion of " + intended(t) + ": " + reason);
    t.s.refusals += certain ? 1 : 0;
    t.s.withoutSemiSync = false;
    boolean late = !t.now.isBefore(t.s.promotionUntil);
    if (late || t.s.refusals >= Patience.ATTEMPTS) {
      retreat(t);
    } else {
      t.wake(Alarm.PROMOTION_RETRY, Patience.RETRY);
    }
  }

  static void retry(Turn t) {
    if (t.s.phase == Phase.PROMOTING) {
      if (t.s.retreating) {
        makeReadOnlyAgain(t);
      } else {
        reset(t);
      }
    }
  }

  private static void retreat(Turn t) {
    if (CoMasters.isWithoutAlternative(t.s)) {
      // It may take writes as the other co-master. To stop them would help nobody.
      Closing.fail(
          t,
          intended(t)
              + " is the only server that may be promoted, and could not be. It is left as it is,"
              + " writable or not: check it, end what the managers still run on it, and make it the"
              + " master");
    } else if (t.s.mayBeWritable) {
      t.s.retreating = true;
      t.s.promotionUntil = t.now.plus(Patience.PROMOTION);
      makeReadOnlyAgain(t);
    } else {
      abandon(t, "every statement that could make it writable was certainly not executed");
    }
  }

  private static void makeReadOnlyAgain(Turn t) {
    InstanceKey key = intended(t);
    t.perform(
        new Pending.MakeReadOnlyAgain(key),
        new ServerAction.SetReadOnly(key, true, t.policy().promotion().useSuperReadOnly()),
        Patience.CHANGE);
  }

  static void madeReadOnlyAgain(Turn t, ActionOutcome outcome) {
    String reason =
        switch (outcome) {
          case ActionOutcome.Applied applied ->
              applied.after().readOnly() ? "" : "it was read and is writable";
          case ActionOutcome.NotApplied refused -> refused.reason();
          case ActionOutcome.Unknown unknown -> unknown.reason();
        };
    if (reason.isEmpty()) {
      abandon(
          t,
          "it was set read-only after every earlier session of ours had been ended, and read so");
    } else if (t.now.isBefore(t.s.promotionUntil)) {
      t.note("Retreat from " + intended(t) + ": " + reason);
      t.wake(Alarm.PROMOTION_RETRY, Patience.RETRY);
    } else {
      Closing.fail(
          t,
          intended(t)
              + " was to be promoted, and could neither be verified to be writable nor to be"
              + " read-only ("
              + reason
              + "). No other server was promoted, since two could then take writes. Check whether "
              + intended(t)
              + " runs and whether it is writable; then make it the master, or make sure that it"
              + " stays down or read-only and start a recovery by hand");
    }
  }

  private static void abandon(Turn t, String proof) {
    InstanceKey key = intended(t);
    t.s.phase = Phase.ABANDONING;
    // What is left of it is known by GTIDs only.
    if (Optional.ofNullable(t.s.live.get(key)).filter(i -> hasForgottenGtids(t, i)).isEmpty()) {
      t.s.excluded.put(key, "it was tried and could not be promoted");
    }
    t.s.candidate = Optional.empty();
    List<JournalEntry> entries = new ArrayList<>();
    entries.add(new JournalEntry.PromotionAbandoned(key, proof));
    if (t.isTakeover()) {
      // In one breath: whoever goes on after us makes the old master writable again, and may need
      // the place from where the target goes on below it.
      t.s.ticket.base().map(JournalEntry.BaseTaken::new).ifPresent(entries::add);
      entries.add(new JournalEntry.PromotionIntended(t.failed()));
    }
    t.commit(
        CommitKind.ABANDON,
        entries,
        List.of(
            new Command.ReleaseDemotedMaster(t.failed()),
            // What was made writable once may be so again after a restart.
            new Command.KeepReadOnly(new KeptReadOnly(key, t.s.ticket.uid(), t.now))));
  }

  /** The abandonment is committed: chooses again, once no move is under way any more. */
  static void chooseAgain(Turn t) {
    boolean moving = t.isPending(p -> p instanceof Pending.Move || p instanceof Pending.MoveCheck);
    if (t.s.ticket.intended().isEmpty() && !moving) {
      t.s.moves.clear();
      t.s.settled.clear();
      t.s.intendedExecuted = Optional.empty();
      t.s.feed = Optional.empty();
      Gathering.gather(t);
    }
  }

  private static void promoted(Turn t, Instance after) {
    InstanceKey key = intended(t);
    t.s.phase = Phase.SETTLING;
    t.answered(key, after);
    t.s.settled.put(key, new ReplicaFate(ReplicaFate.Kind.PROMOTED, "it is the new master"));
    t.s.published.add(key);
    LossReport loss = lossOf(t, after);
    List<JournalEntry> entries = new ArrayList<>();
    entries.add(Turn.promoted(key, after));
    entries.add(new JournalEntry.ReplicaSettled(key, t.s.settled.get(key)));
    entries.add(new JournalEntry.LossAssessed(loss));
    entries.add(new JournalEntry.Published(key));
    t.commit(CommitKind.PROMOTED, entries, publication(t, key));
    Moving.pump(t);
    if (t.policy().promotion().detachPromoted() && !t.applies()) {
      t.perform(
          new Pending.Aside("Detaching " + key + " from its old source"),
          new ServerAction.DetachSource(key),
          Patience.CHANGE);
    }
  }

  private static LossReport lossOf(Turn t, Instance after) {
    Instance failed = t.s.takeover.held.orElse(t.s.circumstances.failedServer());
    Optional<GtidSet> executed = t.s.resumed ? after.gtid().executed() : t.s.intendedExecuted;
    LossReport report =
        t.s
            .ticket
            .base()
            .map(base ->
                LossAssessment.byPosition(
                    failed,
                    base,
                    t.s.beforePromotion.flatMap(before ->
                        new Measure(Method.POSITION, t.s.drained, Optional.empty())
                            .fetched(before, t.failed())),
                    executed))
            .orElseGet(() -> LossAssessment.of(failed, executed, t.s.beforePromotion));
    return LeftWithOthers.addedTo(report, t, after);
  }

  /** What makes the promotion known: to applications, and to the analysis. */
  static List<Command> publication(Turn t, InstanceKey master) {
    FailureCase failure = t.s.circumstances.failure();
    HostAddresses addresses =
        t.s.circumstances.addresses().getOrDefault(master.hostname(), HostAddresses.UNKNOWN);
    List<Command> commands = new ArrayList<>();
    commands.addAll(
        KeyValues.ofMaster(t.policy().keyValuePrefix(), failure.aliasOrName(), master, addresses));
    if (!failure.clusterName().isBlank()) {
      commands.add(new Command.MoveCluster(failure.clusterName(), master.displayString()));
    }
    commands.add(Closing.lostInRecovery(t, t.failed()));
    commands.add(new Command.EndDowntime(master));
    commands.add(new Command.EndDetections(t.failed(), t.now));
    return commands;
  }

  /** The promotion is committed. */
  static void announced(Turn t) {
    Moving.start(t);
    t.s.settled.keySet().forEach(replica -> Moving.publish(t, replica));
    t.wake(Alarm.MOVES_BEFORE_HOOKS, Patience.MOVES_BEFORE_HOOKS);
  }
}
