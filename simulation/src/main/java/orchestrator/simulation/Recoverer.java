package orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.ActingNode;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.recovery.RecoveryControl;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Leadership;

/**
 * What {@code engine.recovery.Recoveries} does, by events: begins recoveries, and takes up open
 * ones.
 */
final class Recoverer {
  private static final Duration RETRY = Duration.ofMinutes(1);

  final Manager manager;
  private final Map<String, RecoveryPlayer> running = new HashMap<>();
  private final Map<InstanceKey, Instant> retryAfter = new HashMap<>();

  Recoverer(Manager manager) {
    this.manager = manager;
  }

  void begin(
      FailureCase failure,
      RecoveryOrigin origin,
      String uid,
      List<Command> together,
      Runnable done) {
    Optional<Leadership> lead = manager.leadership();
    if (lead.isEmpty()) {
      done.run();
      return;
    }
    Instant now = manager.world.instant();
    Circumstances circumstances = circumstances(failure, lead.get().term());
    List<Gate> gates = RecoveryGates.of(circumstances, origin, manager.state(), now);
    boolean open = RecoveryGates.allOpen(gates);
    boolean early =
        origin.automatic() && now.isBefore(retryAfter.getOrDefault(failure.failed(), Instant.MIN));
    List<Command> commands = new ArrayList<>(together);
    if (open && !early) {
      if (origin.automatic()) {
        manager.world.misfortune.onOpening(failure.failed());
      }
      commands.add(
          new Command.OpenRecovery(
              RecoveryPlanner.openTicket(circumstances, origin, uid, 0, now), budget()));
    } else if (!early && origin.automatic() && RecoveryGates.isOnlyOverBudget(gates)) {
      budget()
          .ifPresent(limit -> commands.add(new Command.PullBrake(limit, failure.failed(), now)));
    }
    if (commands.isEmpty()) {
      done.run();
      return;
    }
    manager.submit(
        commands,
        submission -> {
          if (open
              && !early
              && submission instanceof Submission.Committed(long index, List<CommandResult> results)
              && index > 0
              && results.getLast() instanceof CommandResult.Done) {
            play(uid, circumstances, lead.get(), false);
          }
          done.run();
        });
  }

  /** Ends a recovery of this server that only waits; whether there was one. */
  boolean makeWay(InstanceKey failed) {
    List<RecoveryPlayer> waiting =
        byId(manager.state().recoveries().values()).stream()
            .filter(ticket -> ticket.isOpen() && ticket.failed().equals(failed))
            .flatMap(ticket -> Optional.ofNullable(running.get(ticket.uid())).stream())
            .filter(RecoveryPlayer::isWaiting)
            .toList();
    waiting.forEach(RecoveryPlayer::giveWay);
    return !waiting.isEmpty();
  }

  private Optional<RecoveryBudget> budget() {
    return manager.world.scenario.policy.budget();
  }

  Circumstances circumstances(FailureCase failure, long term) {
    return Circumstances.of(
        failure,
        manager.picture.topology(),
        manager.state(),
        manager.world.scenario.policy,
        Map.of(),
        new ActingNode(manager.name(), manager.name() + ".example", term),
        manager.world.instant());
  }

  private void play(String uid, Circumstances circumstances, Leadership lead, boolean resumed) {
    RecoveryTicket ticket = manager.state().recoveries().get(uid);
    if (ticket == null || running.containsKey(uid)) {
      return;
    }
    RecoveryPlayer player = new RecoveryPlayer(this, uid, lead);
    running.put(uid, player);
    Instant now = manager.world.instant();
    player.take(
        resumed
            ? RecoveryControl.resume(ticket, circumstances, now)
            : RecoveryControl.start(ticket, circumstances, now));
  }

  /** Takes up every open recovery that does not run here. */
  void resumeOpen() {
    endThoseThatMayNotGoOn();
    Optional<Leadership> lead = manager.leadership();
    if (lead.isEmpty()) {
      return;
    }
    for (RecoveryTicket ticket : byId(manager.state().recoveries().values())) {
      if (ticket.isOpen() && !running.containsKey(ticket.uid())) {
        resume(ticket, lead.get());
      }
    }
  }

  /** For good: a leader that was frozen for a moment may lead again, in the same term. */
  private void endThoseThatMayNotGoOn() {
    List<RecoveryPlayer> over = running.values().stream().filter(RecoveryPlayer::isOver).toList();
    over.forEach(RecoveryPlayer::end);
    running.values().removeAll(over);
  }

  private static List<RecoveryTicket> byId(Collection<RecoveryTicket> tickets) {
    return tickets.stream().sorted(Comparator.comparingLong(RecoveryTicket::id)).toList();
  }

  private void resume(RecoveryTicket ticket, Leadership lead) {
    String uid = ticket.uid();
    JournalEntry resumed = new JournalEntry.Resumed(manager.name(), lead.term());
    Command journal =
        new Command.Journal(uid, List.of(resumed), manager.world.instant(), lead.term());
    // Until the answer is here, it is not taken up a second time.
    RecoveryPlayer nobody = new RecoveryPlayer(this, uid, lead);
    running.put(uid, nobody);
    manager.submit(
        List.of(journal),
        submission -> {
          running.remove(uid, nobody);
          RecoveryTicket present = manager.state().recoveries().get(uid);
          if (submission instanceof Submission.Committed(long index, List<CommandResult> results)
              && index > 0
              && results.getFirst() instanceof CommandResult.Done
              && lead.isValid()
              && present != null
              && present.isOpen()) {
            FailureCase failure = FailureCase.ofTicket(present, true, true);
            play(uid, circumstances(failure, lead.term()), lead, true);
          }
        });
  }

  void ended(RecoveryPlayer player, String uid, boolean closed, boolean successful) {
    running.remove(uid, player); // another run of it may have begun, in another term
    RecoveryTicket ticket = manager.state().recoveries().get(uid);
    if (closed && !successful && ticket != null && !ticket.origin().isTakeover()) {
      retryAfter.put(ticket.failed(), manager.world.instant().plus(RETRY));
    }
  }

  void forgetAll() {
    running.values().forEach(RecoveryPlayer::end);
    running.clear();
  }
}
