package orchestrator.core.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.recovery.CandidateChoice.Feed;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * Chooses the candidate, lets it apply what it has fetched, and fetch from siblings what it lacks,
 * until it has all that can be rescued. A candidate that fails at this is marked, and the choice is
 * made again: every mark is final, so this ends.
 */
final class Preparing {
  private Preparing() {}

  static void choose(Turn t) {
    choose(t, t.choice());
  }

  static void choose(Turn t, CandidateChoice choice) {
    t.s.phase = Phase.PREPARING;
    t.s.waitingSince = Optional.empty();
    List<Consideration> considerations = choice.considerations();
    if (!considerations.equals(t.s.considerations)) {
      t.s.considerations = considerations;
      considerations.forEach(c -> t.note(c.displayString()));
    }
    Optional<InstanceKey> best = choice.best().map(Instance::key);
    if (best.isEmpty()) {
      t.s.candidate = Optional.empty();
      Closing.veto(t, nobody(t, considerations));
      return;
    }
    if (!best.equals(t.s.candidate)) {
      t.s.candidate = best;
      // Only the last choice counts; with an earlier one the commit could not be repeated.
      t.s.bufferedEntries.removeIf(JournalEntry.CandidateChosen.class::isInstance);
      t.record(
          new JournalEntry.CandidateChosen(
              best.get(), String.join("; ", considerations.getFirst().reasons())));
    }
  }

  private static String nobody(Turn t, List<Consideration> considerations) {
    return "No replica of %s can be promoted: %s"
        .formatted(t.failed(), Consideration.whyNot(considerations, CoMasters.mustBePromoted(t.s)));
  }

  /** Does what is next for the candidate, unless an answer is awaited. */
  static void advance(Turn t) {
    boolean busy =
        t.isPending(p ->
            p instanceof Pending.StartApplying
                || p instanceof Pending.Feeding
                || p instanceof Pending.Poll
                || p instanceof Pending.Tail
                || p instanceof Pending.Halt
                || (p instanceof Pending.Wake wake && wake.alarm() == Alarm.POLL));
    if (busy) {
      return;
    }
    Instance candidate = t.s.candidate.map(t.s.live::get).orElse(null);
    if (candidate == null) {
      again(t);
      return;
    }
    CandidateChoice choice = t.choice();
    boolean stuck = choice.survivors().isStuck(candidate);
    if (stuck && giveUpApplying(t, candidate)) {
      t.note(candidate.key() + " does not apply what it has fetched" + sqlError(candidate));
      again(t);
    } else if (!stuck && !choice.survivors().isApplied(candidate)) {
      awaitApplied(t, choice, candidate);
    } else if (!stuck && feederOf(t, choice, candidate).isPresent()) {
      fetchFrom(t, choice, candidate, feederOf(t, choice, candidate).get());
    } else {
      ready(t, choice, candidate);
    }
  }

  /** Those below it may have got from another source what it does not apply. */
  private static boolean giveUpApplying(Turn t, Instance server) {
    boolean isNew = t.s.stuck.add(server.key());
    if (isNew) {
      ServersBelow.lookBelow(t, server.key());
    }
    return isNew;
  }

  static void again(Turn t) {
    choose(t);
    if (t.s.phase == Phase.PREPARING) {
      advance(t);
    }
  }

  private static String sqlError(Instance instance) {
    return instance
        .replication()
        .map(Replication::lastSqlError)
        .filter(error -> !error.isBlank())
        .map(error -> ": " + error)
        .orElse("");
  }

  private static void awaitApplied(Turn t, CandidateChoice choice, Instance candidate) {
    if (startApplying(t, candidate)) {
      return;
    }
    if (Waiting.isTooLong(
        t, List.of(choice.survivors().executed(candidate)), limit(t, candidate))) {
      giveUpApplying(t, candidate);
      t.note(
          candidate.key()
              + " has not applied all that it fetched, and is not waited for any longer: left are "
              + unapplied(choice, candidate).text());
      again(t);
      return;
    }
    if (!Halting.asksForRest(t, candidate)) {
      Waiting.poll(t, candidate);
    }
  }

  private static Progress.Gap unapplied(CandidateChoice choice, Instance instance) {
    Survivors survivors = choice.survivors();
    return survivors.fetched(instance).beyond(survivors.executed(instance));
  }

  /** Nothing is left in the relay log, and GTIDs are missing: they were never in it. */
  private static Duration limit(Turn t, Instance instance) {
    boolean nothingLeft =
        instance
            .replication()
            .filter(r -> !r.read().logFile().isEmpty() && r.isSqlThreadUpToDate())
            .isPresent();
    return nothingLeft ? Patience.NOTHING_LEFT_TO_APPLY : t.policy().waits().withoutProgress();
  }

  /** Starts a SQL thread that was merely stopped; once. */
  private static boolean startApplying(Turn t, Instance instance) {
    boolean stopped =
        instance.replication().filter(r -> r.sqlThread() == ThreadState.STOPPED).isPresent();
    if (!stopped || !t.s.startedApplying.add(instance.key())) {
      return false;
    }
    t.perform(
        new Pending.StartApplying(instance.key()),
        new ServerAction.StartSqlThread(instance.key()),
        Patience.CHANGE);
    return true;
  }

  private static Optional<Instance> feederOf(Turn t, CandidateChoice choice, Instance candidate) {
    return t.s
        .feed
        .filter(feed -> feed.replica().equals(candidate.key()))
        .flatMap(feed -> Optional.ofNullable(t.s.live.get(feed.source())))
        .filter(source -> choice.helps(candidate, source))
        .or(() -> choice.feederOf(candidate));
  }

  private static void fetchFrom(
      Turn t, CandidateChoice choice, Instance candidate, Instance source) {
    Feed wanted = new Feed(candidate.key(), source.key());
    if (!t.s.feed.equals(Optional.of(wanted))) {
      t.s.waitingSince = Optional.empty();
      t.s.fed.add(candidate.key());
      t.note(candidate.key() + " first fetches from " + source.key() + " what it lacks");
      t.perform(
          new Pending.Feeding(candidate.key(), source.key()),
          new ServerAction.ChangeSource(
              candidate.key(), source.key(), Turn.positionFor(candidate), true),
          Patience.CHANGE_SOURCE);
      return;
    }
    Survivors survivors = choice.survivors();
    boolean sourceApplied = survivors.isApplied(source);
    if (!sourceApplied && startApplying(t, source)) {
      return;
    }
    List<Progress> mark = List.of(survivors.fetched(candidate), survivors.executed(source));
    if (Waiting.isTooLong(t, mark, t.policy().waits().withoutProgress())) {
      t.note(candidate.key() + " did not get what it lacks from " + source.key() + " in time");
      t.s.feed = Optional.empty();
      if (sourceApplied) {
        t.s.unfeedable.add(wanted);
      } else {
        giveUpApplying(t, source);
      }
      again(t);
      return;
    }
    Waiting.poll(t, candidate);
    if (!sourceApplied) {
      Waiting.poll(t, source);
    }
  }

  static void polled(Turn t, InstanceKey key, Instance instance) {
    t.s.failedPolls.remove(key);
    if (t.s.phase == Phase.PREPARING) {
      t.answered(key, instance);
    }
  }

  /** A server that fails to answer twice is not counted on any more. */
  static void pollFailed(Turn t, InstanceKey key, String reason) {
    if (t.s.failedPolls.merge(key, 1, Integer::sum) < 2 || t.s.phase != Phase.PREPARING) {
      return;
    }
    t.isSilent(key, reason);
    t.s.feed = t.s.feed.filter(feed -> !feed.replica().equals(key) && !feed.source().equals(key));
    ServersBelow.lookBelow(t, key);
    ServersBelow.count(t);
    choose(t);
  }

  static void startedApplying(Turn t, InstanceKey key, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied applied -> t.answered(key, applied.after());
      case ActionOutcome.NotApplied refused -> t.note(refused.reason());
      case ActionOutcome.Unknown unknown -> t.note(unknown.reason());
    }
  }

  static void fed(Turn t, Pending.Feeding feeding, ActionOutcome outcome) {
    Feed feed = new Feed(feeding.replica(), feeding.source());
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        t.answered(feeding.replica(), applied.after());
        t.s.feed = Optional.of(feed);
      }
      case ActionOutcome.NotApplied refused -> notFed(t, feed, refused.reason());
      case ActionOutcome.Unknown unknown -> notFed(t, feed, unknown.reason());
    }
  }

  private static void notFed(Turn t, Feed feed, String reason) {
    t.note(feed.replica() + " cannot fetch from " + feed.source() + ": " + reason);
    t.s.unfeedable.add(feed);
    t.s.feed = Optional.empty();
    if (t.s.phase == Phase.PREPARING) {
      // It may be dead: one look decides whether it is counted on.
      t.probe(new Pending.Poll(feed.replica()), feed.replica());
      t.s.failedPolls.put(feed.replica(), 1);
      choose(t);
    }
  }

  private static void ready(Turn t, CandidateChoice choice, Instance candidate) {
    boolean fences = !t.policy().hooksAt(HookPoint.FENCING).isEmpty();
    if (fences && t.isPending(p -> p instanceof Pending.OldMaster)) {
      return; // perhaps it is being set read-only: then it need not be fenced
    }
    if (OldClients.areAwaited(t)
        || ServersBelow.areAwaited(t)
        || Halting.isUnderWay(t, candidate)) {
      return;
    }
    Progress.Gap left = unapplied(choice, candidate);
    RecoveryPolicy.Promotion policy = t.policy().promotion();
    if (!left.isEmpty() && (policy.failIfNotUpToDate() || policy.delayIfNotUpToDate())) {
      Closing.veto(
          t,
          candidate.key()
              + " has not applied all that it fetched ("
              + left.text()
              + "), and "
              + (policy.failIfNotUpToDate() ? "Fail" : "Delay")
              + "MasterPromotionIfSQLThreadNotUpToDate forbids to promote it so");
      return;
    }
    if (!left.isEmpty()) {
      t.note(candidate.key() + " is promoted without applying " + left.text());
    }
    Optional<String> refusal = LossGuard.refusal(t, candidate);
    if (refusal.isPresent()) {
      Closing.fail(t, refusal.get());
      return;
    }
    fence(t);
  }

  /**
   * An old master that does not say that it is read-only may take writes where we cannot reach it:
   * operators' processes see to it before another one does. Nothing irrevocable is done before.
   */
  private static void fence(Turn t) {
    if (t.s.oldMasterReadOnly) {
      t.s.phase = Phase.INTENDING;
      fenced(t);
    } else {
      HookRun.begin(t, Phase.INTENDING, HookPoint.FENCING);
    }
  }

  /** The processes have ended, or there are none. */
  static void fenced(Turn t) {
    Instance candidate = t.s.candidate.map(t.s.live::get).orElse(null);
    if (candidate == null) {
      choose(t);
    } else {
      intend(t, candidate);
    }
  }

  static void fencingFailed(Turn t, String reason) {
    if (t.policy().safety().goOnUnfenced()) {
      t.note(reason + "; FencingFailurePolicy is go-on");
    } else if (t.isTakeover()) {
      Undoing.begin(t, reason);
    } else {
      Closing.veto(
          t,
          reason
              + ". The old master may take writes, so nobody was promoted: see that it does not");
    }
  }

  static void intend(Turn t, Instance candidate) {
    t.s.phase = Phase.INTENDING;
    t.s.intendedExecuted = candidate.gtid().executed();
    List<Command> commands = new ArrayList<>();
    if (t.applies()) {
      // From the moment a second server may be writable, the old one must not be so any more.
      commands.add(
          new Command.WatchDemotedMaster(
              new DemotedMaster(t.failed(), t.s.ticket.uid(), candidate.key(), t.now)));
    }
    List<JournalEntry> entries = new ArrayList<>();
    Halting.baseOf(t, candidate)
        .<JournalEntry>map(JournalEntry.BaseTaken::new)
        .or(() ->
            t.s.intendedExecuted.map(
                gtids -> new JournalEntry.ExecutedTaken(candidate.key(), gtids)))
        .ifPresent(entries::add);
    entries.add(new JournalEntry.PromotionIntended(candidate.key()));
    t.commit(CommitKind.INTEND, entries, commands);
  }
}
