package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;

/**
 * Says what a recovery would do, and opens the record of one.
 *
 * <p>A plan is a rehearsal: the control that runs in earnest is played against a world in which
 * every server that answered its last probe obliges at once. So a dry run cannot differ from what
 * is executed, but by what the servers do.
 */
public final class RecoveryPlanner {
  private RecoveryPlanner() {}

  public static RecoveryPlan plan(
      Circumstances circumstances, RecoveryOrigin origin, ReplicatedState state, Instant now) {
    List<Gate> gates = RecoveryGates.of(circumstances, origin, state, now);
    RecoveryTicket ticket = openTicket(circumstances, origin, "(dry run)", 0, now);
    Rehearsal rehearsal = new Rehearsal(circumstances, now);
    RecoveryState end = rehearsal.play(ticket);
    return RecoveryPlan.of(
        circumstances.failure(),
        gates,
        origin.isTakeover()
            ? TakeoverChoice.of(circumstances, origin.designated(), false).considerations()
            : end.considerations(),
        end.ticket(),
        stepsOf(rehearsal.effects()));
  }

  /**
   * The record that {@link Command.OpenRecovery} commits before {@link RecoveryControl#start}.
   *
   * @param uid of the detection that it answers
   * @param detectionId 0 for none
   */
  public static RecoveryTicket openTicket(
      Circumstances circumstances,
      RecoveryOrigin origin,
      String uid,
      long detectionId,
      Instant now) {
    FailureCase failure = circumstances.failure();
    RecoveryTicket ticket =
        RecoveryTicket.begun(
            uid,
            failure.failed(),
            failure.analysis(),
            failure.description(),
            failure.clusterName(),
            failure.clusterAlias(),
            failure.clusterDomain(),
            origin,
            now,
            now.plus(circumstances.policy().blockPeriod()),
            detectionId,
            circumstances.node().name(),
            failure.replicas());
    return tookWrites(circumstances.failedServer()) ? ticket.ofWritableServer() : ticket;
  }

  private static boolean tookWrites(Instance server) {
    return server.freshness().lastSeen().isPresent() && !server.readOnly();
  }

  private static List<Step> stepsOf(List<Effect> effects) {
    List<Step> steps = new ArrayList<>();
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Perform perform ->
            steps.add(new Step.Change(perform.action(), preconditionOf(perform.action())));
        case Effect.RunHook hook ->
            steps.add(
                new Step.RunProcess(
                    hook.point(), hook.index(), hook.command(), hook.asynchronous()));
        case Effect.Commit commit -> agreement(commit).ifPresent(steps::add);
        case Effect.Probe ignored -> {}
        case Effect.ReadLog ignored -> {}
        case Effect.WakeAt ignored -> {}
        case Effect.Finished ignored -> {}
      }
    }
    return steps;
  }

  private static Optional<Step> agreement(Effect.Commit commit) {
    List<JournalEntry> entries = new ArrayList<>();
    List<Command> others = new ArrayList<>();
    for (Command command : commit.commands()) {
      if (command instanceof Command.Journal journal) {
        journal.entries().stream()
            .filter(entry -> !(entry instanceof JournalEntry.Noted))
            .forEach(entries::add);
      } else {
        others.add(command);
      }
    }
    return entries.isEmpty() && others.isEmpty()
        ? Optional.empty()
        : Optional.of(new Step.Agree(entries, others));
  }

  private static String preconditionOf(ServerAction action) {
    return switch (action) {
      case ServerAction.SetReadOnly set ->
          set.readOnly()
              ? "it answers; a recovery does not wait for it"
              : "the intent to promote it is committed, no other server is or may be writable, and"
                  + " it was reset";
      case ServerAction.EndClients ignored -> "it was set read-only";
      case ServerAction.InjectMarker ignored -> "it takes writes";
      case ServerAction.ResetReplication ignored ->
          "the intent to promote it is committed; it has applied all that can be rescued";
      case ServerAction.ChangeSource change ->
          "it answers, has no transaction that "
              + change.source()
              + " lacks, and lacks none that "
              + change.source()
              + " has purged";
      case ServerAction.DetachSource ignored -> "it cannot be moved";
      case ServerAction.StopReplication ignored -> "it answers";
      case ServerAction.StopIoThread ignored -> "it answers";
      case ServerAction.StartIoThread ignored -> "nothing was promoted";
      case ServerAction.StartSqlThread ignored -> "its SQL thread is stopped without an error";
      case ServerAction.StartReplication ignored -> "it answers";
      case ServerAction.RestartReplication ignored -> "it answers";
      case ServerAction.ReattachSource ignored -> "it is detached";
      case ServerAction.SetSemiSyncMaster ignored -> "its semi-sync priority is above 0";
      case ServerAction.SetSemiSyncReplica ignored -> "it answers and replicates";
    };
  }
}
