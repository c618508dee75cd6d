package orchestrator.server.engine.detection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import orchestrator.core.analysis.Detections;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.recovery.ActingNode;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.HookCommand;
import orchestrator.core.recovery.HookVariables;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Hooks;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.recovery.Recoveries;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces failures and hands those that can be recovered to {@link Recoveries}. Each failed
 * server is handled on a thread of its own, one at a time.
 */
public final class Announcements {
  private static final Logger log = LoggerFactory.getLogger(Announcements.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  private final Consensus consensus;
  private final Recoveries recoveries;
  private final Hooks hooks;
  private final DetectionSettings settings;
  private final Supplier<String> uids;
  private final NodeInfo node;
  private final Consumer<InstanceKey> onAnnounced;
  private final Set<InstanceKey> inProgress = ConcurrentHashMap.newKeySet();

  /**
   * @param onAnnounced told of each server whose failure was announced, when it is known what is
   *     done about it at once
   */
  public Announcements(
      Consensus consensus,
      Recoveries recoveries,
      Hooks hooks,
      DetectionSettings settings,
      Supplier<String> uids,
      NodeInfo node,
      Consumer<InstanceKey> onAnnounced) {
    this.consensus = consensus;
    this.recoveries = recoveries;
    this.hooks = hooks;
    this.settings = settings;
    this.uids = uids;
    this.node = node;
    this.onAnnounced = onAnnounced;
  }

  /** Sees to a failure, unless that is going on already. Returns at once. */
  public void onFailure(Detector.Failure failure) {
    consensus
        .leadership()
        .ifPresent(leadership ->
            inBackground(failure.diagnosis().key(), () -> handle(failure, leadership)));
  }

  /**
   * Runs the processes of failures that were announced, and whose processes may not have run to
   * their end: by a manager that was restarted, or has lost the lead. Does nothing while this one
   * does not lead.
   */
  public void resume() {
    Optional<Leadership> leadership = consensus.leadership();
    if (leadership.isEmpty()) {
      return;
    }
    for (Detection detection : consensus.state().detections().values()) {
      if (detection.hooksPending()) {
        inBackground(detection.key(), () -> resume(detection, leadership.get()));
      }
    }
  }

  private void inBackground(InstanceKey key, Runnable work) {
    if (!inProgress.add(key)) {
      return;
    }
    Thread.ofVirtual()
        .name("failure-" + key)
        .start(() -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            log.error("Handling the failure of {} failed", key, e);
          } finally {
            inProgress.remove(key);
          }
        });
  }

  private void resume(Detection detection, Leadership leadership) {
    Optional<Detection> present =
        Optional.ofNullable(consensus.state().detections().get(detection.id()));
    if (present.filter(Detection::hooksPending).isEmpty()) {
      return;
    }
    if (runHooks(recoveries.caseOf(detection), detection.uid(), leadership, true).isOver()) {
      announce(List.of(new Command.EndDetectionHooks(detection.uid())), leadership);
    }
  }

  private void handle(Detector.Failure failure, Leadership leadership) {
    Diagnosis diagnosis = failure.diagnosis();
    ReplicatedState state = consensus.state();
    if (hasHooksPending(diagnosis.key(), state)) {
      return; // they are run by another thread first
    }
    boolean isNew = Detections.isNew(diagnosis, failure.actionable(), state);
    String uid = uidOf(failure, state);
    List<Command> commands = new ArrayList<>();
    if (isNew) {
      log.warn(
          "{} on {} of cluster {}: {}",
          diagnosis.code().displayName(),
          diagnosis.key(),
          diagnosis.cluster().alias(),
          diagnosis.description());
      commands.add(new Command.RegisterDetection(detection(failure, uid)));
    }
    FailureCase failureCase = FailureCases.of(failure);
    boolean isRunFirst = isNew && !settings.hooks().isEmpty();
    if (isRunFirst) {
      Optional<Command> after = announceWithHooks(failureCase, uid, commands, leadership);
      if (after.isEmpty()) {
        return;
      }
      commands = new ArrayList<>(List.of(after.get()));
    }
    boolean toBeRecovered = failure.actionable() && RecoveryGates.isAutomatic(failureCase);
    if (toBeRecovered && leadership.isValid()) {
      recover(failureCase, uid, commands);
    } else if (!commands.isEmpty()) {
      announce(commands, leadership);
    }
    if (isNew && !isRunFirst) {
      onAnnounced.accept(diagnosis.key());
    }
  }

  /**
   * Operators' processes come before the recovery and may hold it up, so the failure is announced
   * on its own; without them one commit serves both. Returns what says that they have ended; empty
   * when the failure is not to be recovered now.
   */
  private Optional<Command> announceWithHooks(
      FailureCase failure, String uid, List<Command> commands, Leadership leadership) {
    if (!announce(commands, leadership)) {
      return Optional.empty();
    }
    onAnnounced.accept(failure.failed());
    HookEnd end = runHooks(failure, uid, leadership, false);
    Command ended = new Command.EndDetectionHooks(uid);
    if (end == HookEnd.FAILED) {
      announce(List.of(ended), leadership);
    }
    return Optional.of(ended).filter(command -> end == HookEnd.SUCCEEDED);
  }

  /** The same from the announcement to the end of the recovery, which may begin much later. */
  private String uidOf(Detector.Failure failure, ReplicatedState state) {
    return Detections.active(failure.diagnosis(), failure.actionable(), state)
        .map(Detection::uid)
        .filter(uid -> !state.recoveries().containsKey(uid))
        .orElseGet(uids);
  }

  private static boolean hasHooksPending(InstanceKey key, ReplicatedState state) {
    return state.detections().values().stream()
        .anyMatch(detection -> detection.hooksPending() && detection.key().equals(key));
  }

  private Detection detection(Detector.Failure failure, String uid) {
    return Detections.of(failure.diagnosis(), failure.actionable(), uid, node.name())
        .withHooksPending(!settings.hooks().isEmpty());
  }

  private void recover(FailureCase failure, String uid, List<Command> together) {
    Optional<String> refusal =
        recoveries.begin(failure, RecoveryOrigin.AUTOMATIC, uid, together).refusal();
    if (refusal.isPresent() && !together.isEmpty()) {
      log.warn("{} is not recovered: {}", failure.failed(), refusal.get());
    }
  }

  private boolean announce(List<Command> commands, Leadership leadership) {
    if (!leadership.isValid()) {
      return false;
    }
    return switch (consensus.submit(commands, COMMIT_TIMEOUT)) {
      case Submission.Committed committed ->
          committed.results().stream().allMatch(CommandResult.Done.class::isInstance);
      case Submission.Rejected rejected -> {
        log.warn("Cannot announce the failure: {}", rejected.reason());
        yield false;
      }
      case Submission.Unknown unknown -> {
        log.warn("It is unknown whether the failure was announced: {}", unknown.reason());
        yield false;
      }
    };
  }

  /** How far the processes of a failure came. */
  private enum HookEnd {
    SUCCEEDED,
    /** One failed, which ends this attempt to recover but not the next. */
    FAILED,
    /** This manager does not lead any more: who does runs them again. */
    DEPOSED;

    boolean isOver() {
      return this != DEPOSED;
    }
  }

  private HookEnd runHooks(
      FailureCase failure, String uid, Leadership leadership, boolean repeated) {
    ActingNode acting = new ActingNode(node.name(), node.hostname(), leadership.term());
    HookVariables variables =
        HookVariables.of(failure, uid, "", Optional.empty(), List.of(), acting, repeated);
    for (String entry : settings.hooks()) {
      if (!leadership.isValid()) {
        return HookEnd.DEPOSED;
      }
      HookCommand command = HookCommand.of(entry, variables);
      if (command.asynchronous()) {
        Thread.ofVirtual().start(() -> run(command));
      } else if (!run(command)) {
        return HookEnd.FAILED;
      }
    }
    return leadership.isValid() ? HookEnd.SUCCEEDED : HookEnd.DEPOSED;
  }

  private boolean run(HookCommand command) {
    Hooks.Result result = hooks.run(command.text(), command.environment(), settings.hookTimeout());
    if (!result.isSuccessful()) {
      log.warn(
          "{} failed ({}): {}",
          HookPoint.ON_FAILURE_DETECTION.configurationKey(),
          result.timedOut() ? "killed" : "exit " + result.exitCode(),
          result.output());
    }
    return result.isSuccessful();
  }
}
