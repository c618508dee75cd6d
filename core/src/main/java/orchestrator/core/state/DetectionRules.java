package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.with;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import orchestrator.core.facts.Detection;
import orchestrator.core.state.CommandResult.Done;
import orchestrator.core.state.CommandResult.Refused;

/** Failures that were seen and announced. */
final class DetectionRules {
  private DetectionRules() {}

  static CommandResult register(StateDraft draft, Command.RegisterDetection command) {
    Detection wanted = command.detection();
    if (wanted.uid().isBlank() || !wanted.key().isValid() || !wanted.isActive()) {
      return new Refused(
          "A detection needs a uid, the address of a server, and must not have ended: got uid '%s', %s"
              .formatted(wanted.uid(), wanted.key()));
    }
    for (Detection present : new TreeMap<>(draft.detections).values()) {
      if (present.uid().equals(wanted.uid())) {
        return new Done(present.id());
      }
      if (present.isActive()
          && present.key().equals(wanted.key())
          && present.actionable() == wanted.actionable()) {
        return new Refused(
            "%s of %s was announced at %s already, as detection %d"
                .formatted(present.analysis(), present.key(), present.detected(), present.id()));
      }
    }
    long id = draft.takeId();
    draft.detections = with(draft.detections, id, wanted.withId(id));
    return new Done(id);
  }

  static CommandResult end(StateDraft draft, Command.EndDetections command) {
    return new Done(end(draft, command.at(), detection -> detection.key().equals(command.key())));
  }

  static CommandResult endHooks(StateDraft draft, Command.EndDetectionHooks command) {
    Optional<Detection> pending =
        new TreeMap<>(draft.detections)
            .values().stream()
                .filter(Detection::hooksPending)
                .filter(detection -> detection.uid().equals(command.uid()))
                .findFirst();
    pending.ifPresent(detection ->
        draft.detections =
            with(draft.detections, detection.id(), detection.withHooksPending(false)));
    return StateDraft.done(pending.isPresent());
  }

  /** Ends the active ones among the wanted, and says how many they were. */
  static long end(StateDraft draft, Instant at, Predicate<Detection> wanted) {
    Map<Long, Detection> ended = new TreeMap<>();
    draft.detections.forEach((id, detection) -> {
      if (detection.isActive() && wanted.test(detection)) {
        ended.put(id, detection.endedAt(at));
      }
    });
    if (!ended.isEmpty()) {
      draft.detections = Sharing.map(draft.detections).plusAll(ended);
    }
    return ended.size();
  }
}
