package orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orchestrator.core.analysis.Detections;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.detection.Detector;
import orchestrator.server.engine.detection.FailureCases;

/**
 * What {@code engine.detection.Announcements} does, by events: announces failures, has them
 * recovered.
 */
final class Announcer {
  private final Manager manager;
  private final Set<InstanceKey> inHand = new HashSet<>();

  Announcer(Manager manager) {
    this.manager = manager;
  }

  void onFailure(Detector.Failure failure) {
    InstanceKey key = failure.diagnosis().key();
    if (manager.leadership().isPresent() && inHand.add(key)) {
      manager.after(0, () -> handle(failure, () -> inHand.remove(key)));
    }
  }

  private void handle(Detector.Failure failure, Runnable done) {
    Diagnosis diagnosis = failure.diagnosis();
    var state = manager.state();
    String uid =
        Detections.active(diagnosis, failure.actionable(), state)
            .map(Detection::uid)
            .filter(known -> !state.recoveries().containsKey(known))
            .orElseGet(manager.world::newUid);
    List<Command> commands = new ArrayList<>();
    if (Detections.isNew(diagnosis, failure.actionable(), state)) {
      commands.add(
          new Command.RegisterDetection(
              Detections.of(diagnosis, failure.actionable(), uid, manager.name())));
    }
    FailureCase found = caseOf(failure);
    boolean recover =
        failure.actionable()
            && RecoveryGates.isAutomatic(found)
            && manager.leadership().isPresent();
    if (recover) {
      manager.recoverer.begin(found, RecoveryOrigin.AUTOMATIC, uid, commands, done);
    } else if (!commands.isEmpty() && manager.leadership().isPresent()) {
      manager.submit(commands, submission -> done.run());
    } else {
      done.run();
    }
  }

  private static FailureCase caseOf(Detector.Failure failure) {
    Duration since = Duration.between(failure.evidence().since(), failure.diagnosis().at());
    return FailureCases.of(
        failure.diagnosis(),
        failure.actionable(),
        failure.evidence().attempts() + " attempts over " + since.toMillis() + " ms");
  }
}
