package orchestrator.core.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Applies commands to the replicated state. A function of its arguments alone, the same on every
 * node: it asks no clock, and never depends on the order in which a map yields its entries. Total:
 * a command that makes no sense is {@link CommandResult.Refused}, never an exception.
 */
public final class StateMachine {
  private StateMachine() {}

  /**
   * @param next the same object as before when nothing changed
   */
  public record Applied(ReplicatedState next, CommandResult result) {}

  /**
   * @param next the same object as before when nothing changed
   * @param results one for each command
   */
  public record AppliedAll(ReplicatedState next, List<CommandResult> results) {
    public AppliedAll {
      results = List.copyOf(results);
    }

    /** Whether none was refused. */
    public boolean isDone() {
      return results.stream().allMatch(CommandResult.Done.class::isInstance);
    }
  }

  public static Applied apply(ReplicatedState state, Command command, LogPosition position) {
    StateDraft draft = new StateDraft(state, position);
    CommandResult result = dispatch(draft, command);
    return switch (result) {
      case CommandResult.Done done -> new Applied(draft.build(), done);
      case CommandResult.Refused refused -> new Applied(state, refused);
    };
  }

  /**
   * Applies commands in their order, all or none: when one is refused, none is applied, and the
   * others are refused for its sake.
   *
   * @param position of the one entry that holds them all
   */
  public static AppliedAll applyAll(
      ReplicatedState state, List<Command> commands, LogPosition position) {
    List<CommandResult> results = new ArrayList<>(commands.size());
    ReplicatedState next = state;
    for (Command command : commands) {
      Applied applied = apply(next, command, position);
      if (applied.result() instanceof CommandResult.Refused refused) {
        return new AppliedAll(state, refusedFor(refused, results.size(), commands.size()));
      }
      results.add(applied.result());
      next = applied.next();
    }
    return new AppliedAll(next, results);
  }

  private static List<CommandResult> refusedFor(
      CommandResult.Refused refused, int position, int count) {
    CommandResult others =
        new CommandResult.Refused(
            "Not applied, since a command submitted with it was refused: " + refused.reason());
    List<CommandResult> results = new ArrayList<>(Collections.nCopies(count, others));
    results.set(position, refused);
    return results;
  }

  private static CommandResult dispatch(StateDraft draft, Command command) {
    return switch (command) {
      case Command.Discover c -> ServerRules.discover(draft, c);
      case Command.Rename c -> ServerRules.rename(draft, c);
      case Command.Forget c -> ServerRules.forget(draft, c);
      case Command.BeginDowntime c -> ServerRules.beginDowntime(draft, c);
      case Command.EndDowntime c -> ServerRules.endDowntime(draft, c);
      case Command.EndLostInRecovery c -> ServerRules.endLostInRecovery(draft, c);
      case Command.BeginMaintenance c -> ServerRules.beginMaintenance(draft, c);
      case Command.EndMaintenance c -> ServerRules.endMaintenance(draft, c);
      case Command.RegisterCandidate c -> ServerRules.registerCandidate(draft, c);
      case Command.PutTag c -> ServerRules.putTag(draft, c);
      case Command.DeleteTag c -> ServerRules.deleteTag(draft, c);
      case Command.ForgetCluster c -> ClusterRules.forgetCluster(draft, c);
      case Command.RegisterHostnameUnresolve c -> ClusterRules.registerUnresolve(draft, c);
      case Command.DeregisterHostnameUnresolve c -> ClusterRules.deregisterUnresolve(draft, c);
      case Command.SetClusterAlias c -> ClusterRules.setAlias(draft, c);
      case Command.MoveCluster c -> ClusterRules.move(draft, c);
      case Command.InjectedPseudoGtid c -> ClusterRules.injectedPseudoGtid(draft, c);
      case Command.SubmitPool c -> ClusterRules.submitPool(draft, c);
      case Command.PutKeyValue c -> ClusterRules.putKeyValue(draft, c);
      case Command.DeleteKeyValue c -> ClusterRules.deleteKeyValue(draft, c);
      case Command.SwitchGlobalRecoveries c -> RecoveryRules.switchGlobally(draft, c);
      case Command.PullBrake c -> BrakeRules.pull(draft, c);
      case Command.ReleaseBrake c -> BrakeRules.release(draft, c);
      case Command.PauseRecoveries c -> BrakeRules.pause(draft, c);
      case Command.ResumeRecoveries c -> BrakeRules.resume(draft, c);
      case Command.OpenRecovery c -> RecoveryRules.open(draft, c);
      case Command.Journal c -> JournalRules.journal(draft, c);
      case Command.ReviseLoss c -> JournalRules.reviseLoss(draft, c);
      case Command.AcknowledgeRecoveries c -> RecoveryRules.acknowledge(draft, c);
      case Command.WatchDemotedMaster c -> RecoveryRules.watch(draft, c);
      case Command.ReleaseDemotedMaster c -> RecoveryRules.release(draft, c);
      case Command.CompareDemotedMaster c -> RecoveryRules.compare(draft, c);
      case Command.KeepReadOnly c -> RecoveryRules.keepReadOnly(draft, c);
      case Command.EndReadOnly c -> RecoveryRules.endReadOnly(draft, c);
      case Command.RegisterDetection c -> DetectionRules.register(draft, c);
      case Command.EndDetectionHooks c -> DetectionRules.endHooks(draft, c);
      case Command.EndDetections c -> DetectionRules.end(draft, c);
      case Command.AnnounceNode c -> ClusterRules.announceNode(draft, c);
      case Command.ForgetNode c -> ClusterRules.forgetNode(draft, c);
      case Command.Expire c -> ExpiryRules.expire(draft, c);
    };
  }
}
