package orchestrator.server.engine.manager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.analysis.Condition;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.recovery.Explanation;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.History.Selection;
import orchestrator.server.engine.detection.FailureCases;

/** Says why a failure is recovered from or not, by asking the very parts that decide it. */
final class Explainer {
  private static final String AUDIT_TYPE = "failure-detection";

  private final Manager manager;

  Explainer(Manager manager) {
    this.manager = manager;
  }

  /** Of a server that was just announced to have failed. */
  void audit(InstanceKey key) {
    manager.audit(AUDIT_TYPE, Optional.of(key), String.join("; ", explain(key).lines()));
  }

  /** With recoveries of long ago; empty when nothing is known of the server. */
  Optional<Explanation> withHistory(InstanceKey key) {
    Explanation explanation = explain(key);
    if (explanation.recovery().isEmpty()) {
      explanation =
          explanation.withRecovery(
              manager.backend().recoveries(Selection.ALL.withFailed(key)).stream().findFirst());
    }
    boolean isKnown =
        manager.picture().find(key).isPresent()
            || explanation.detection().isPresent()
            || explanation.recovery().isPresent();
    return Optional.of(explanation).filter(found -> isKnown);
  }

  private Explanation explain(InstanceKey key) {
    Instant now = manager.clock().instant();
    ReplicatedState state = manager.consensus().state();
    return manager
        .detector()
        .diagnose(key)
        .map(diagnosis ->
            Explanation.of(
                key, now, diagnosis.code().recoveryFunction().detects(), gatesOf(diagnosis), state))
        .orElseGet(() ->
            Explanation.of(
                key,
                now,
                false,
                List.of(new Gate("known", false, false, "the server is not known, nor read")),
                state));
  }

  private List<Gate> gatesOf(Diagnosis diagnosis) {
    List<Condition> conditions = manager.detector().conditions(diagnosis);
    List<Gate> gates =
        conditions.stream().map(Explanation::gate).collect(Collectors.toCollection(ArrayList::new));
    boolean met = conditions.stream().allMatch(Condition::met);
    FailureCase failure =
        FailureCases.of(
            diagnosis,
            met && diagnosis.isActionable(false),
            met ? "as told above" : "what is told above is not met");
    gates.addAll(manager.recoveries().gates(failure));
    return gates;
  }
}
