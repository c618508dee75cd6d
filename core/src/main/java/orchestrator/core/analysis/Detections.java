package orchestrator.core.analysis;

import java.util.Optional;
import orchestrator.core.facts.Detection;
import orchestrator.core.state.ReplicatedState;

/** When a diagnosis is announced as a failure. */
public final class Detections {
  private Detections() {}

  /**
   * Whether this is a failure that was not announced yet. A server's failure is announced once
   * until {@link orchestrator.core.state.Command.Expire} or a recovery ends that, and once more
   * when it has become, or ceased to be, one that can be acted upon.
   *
   * @param actionable {@link Diagnosis#isActionable}
   */
  public static boolean isNew(Diagnosis diagnosis, boolean actionable, ReplicatedState state) {
    return diagnosis.code().recoveryFunction().detects()
        && active(diagnosis, actionable, state).isEmpty();
  }

  /** The latest active detection that says the same of the same server. */
  public static Optional<Detection> active(
      Diagnosis diagnosis, boolean actionable, ReplicatedState state) {
    return state.detections().values().stream()
        .filter(Detection::isActive)
        .filter(detection -> detection.key().equals(diagnosis.key()))
        .filter(detection -> detection.actionable() == actionable)
        .max((left, right) -> Long.compare(left.id(), right.id()));
  }

  /**
   * The record of a diagnosis, to be registered.
   *
   * @param uid unique
   * @param node the name of the node that found it
   */
  public static Detection of(Diagnosis diagnosis, boolean actionable, String uid, String node) {
    return new Detection(
        0,
        uid,
        diagnosis.key(),
        diagnosis.code().displayName(),
        diagnosis.description(),
        diagnosis.cluster().name(),
        diagnosis.cluster().alias(),
        diagnosis.replicas().keys(),
        actionable,
        diagnosis.at(),
        Optional.empty(),
        node);
  }
}
