package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.done;
import static orchestrator.core.state.StateDraft.keeping;
import static orchestrator.core.state.StateDraft.with;
import static orchestrator.core.state.StateDraft.without;

import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.state.CommandResult.Refused;

/** The brake of all recoveries, and pauses of single clusters. */
final class BrakeRules {
  private BrakeRules() {}

  /** Only while the budget is in fact used up: whoever asks may have looked at an older state. */
  static CommandResult pull(StateDraft draft, Command.PullBrake command) {
    ReplicatedState state = draft.base();
    if (state.brake().filter(RecoveryBrake::isOn).isPresent()) {
      return done(false);
    }
    if (!Brakes.isUsedUp(state, command.budget(), command.heldBack(), command.at())) {
      return new Refused("The budget of automatic recoveries is not used up");
    }
    String reason =
        Brakes.used(Brakes.spent(state, command.budget(), command.at()), command.budget())
            + "; then "
            + command.heldBack()
            + " failed";
    draft.brake = Optional.of(new RecoveryBrake(command.at(), reason, Optional.empty()));
    return done(true);
  }

  static CommandResult release(StateDraft draft, Command.ReleaseBrake command) {
    Optional<RecoveryBrake> on = draft.brake.filter(RecoveryBrake::isOn);
    on.ifPresent(brake -> draft.brake = Optional.of(brake.releasedBy(command.by())));
    return done(on.isPresent());
  }

  static CommandResult pause(StateDraft draft, Command.PauseRecoveries command) {
    RecoveryPause pause = command.pause();
    if (pause.clusterName().isBlank() || !pause.begin().isBefore(pause.end())) {
      return new Refused(
          "A pause needs the name of a cluster, and must end after it begins: got cluster '%s', %s to %s"
              .formatted(pause.clusterName(), pause.begin(), pause.end()));
    }
    boolean isNew = !pause.equals(draft.pauses.get(pause.clusterName()));
    draft.pauses = with(draft.pauses, pause.clusterName(), pause);
    return done(isNew);
  }

  static CommandResult resume(StateDraft draft, Command.ResumeRecoveries command) {
    Map<String, RecoveryPause> before = draft.pauses;
    draft.pauses = withoutCluster(draft, command.clusterName());
    return done(before.size() != draft.pauses.size());
  }

  /** The pauses without those of a cluster, by whichever of its names. */
  static Map<String, RecoveryPause> withoutCluster(StateDraft draft, String clusterName) {
    ReplicatedState state = draft.base();
    String name = state.currentClusterName(clusterName);
    return keeping(
        draft.pauses, (cluster, pause) -> !state.currentClusterName(cluster).equals(name));
  }

  /** A pause goes along when its cluster gets another name; of two the longer one stays. */
  static void move(StateDraft draft, String from, String to) {
    RecoveryPause moved = draft.pauses.get(from);
    if (moved == null) {
      return;
    }
    draft.pauses = without(draft.pauses, from);
    RecoveryPause present = draft.pauses.get(to);
    if (present == null || present.end().isBefore(moved.end())) {
      draft.pauses = with(draft.pauses, to, moved.withClusterName(to));
    }
  }
}
