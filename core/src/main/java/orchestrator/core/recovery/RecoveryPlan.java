package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.state.Command.PutKeyValue;
import orchestrator.core.topology.InstanceKey;

/**
 * What a recovery would do, judged by the current picture.
 *
 * @param gates whether it may begin at all
 * @param candidates best first, then the rejected ones
 * @param successor the server that would be promoted
 * @param expectedLoss by what is known now; the truth is only known when the servers are stopped
 * @param fates of each direct replica
 * @param errors why it would not succeed; empty when it would
 */
public record RecoveryPlan(
    FailureCase failure,
    List<Gate> gates,
    List<Consideration> candidates,
    Optional<InstanceKey> successor,
    LossReport expectedLoss,
    Map<InstanceKey, ReplicaFate> fates,
    List<Step> steps,
    List<PutKeyValue> keyValues,
    List<String> errors) {
  public RecoveryPlan {
    gates = List.copyOf(gates);
    candidates = List.copyOf(candidates);
    fates = Map.copyOf(fates);
    steps = List.copyOf(steps);
    keyValues = List.copyOf(keyValues);
    errors = List.copyOf(errors);
  }

  /** Whether all gates are open. */
  public boolean mayBegin() {
    return RecoveryGates.allOpen(gates);
  }

  /** With further gates, that the state of the servers alone does not tell of. */
  public RecoveryPlan withGates(List<Gate> more) {
    List<Gate> all = new ArrayList<>(gates);
    all.addAll(more);
    return new RecoveryPlan(
        failure, all, candidates, successor, expectedLoss, fates, steps, keyValues, errors);
  }

  /** A plan for what the ticket says at the end of a rehearsal. */
  static RecoveryPlan of(
      FailureCase failure,
      List<Gate> gates,
      List<Consideration> candidates,
      RecoveryTicket ticket,
      List<Step> steps) {
    List<PutKeyValue> keyValues =
        steps.stream()
            .filter(Step.Agree.class::isInstance)
            .map(Step.Agree.class::cast)
            .flatMap(step -> step.commands().stream())
            .filter(PutKeyValue.class::isInstance)
            .map(PutKeyValue.class::cast)
            .toList();
    return new RecoveryPlan(
        failure,
        gates,
        candidates,
        ticket.promoted(),
        ticket.loss(),
        ticket.fates(),
        steps,
        keyValues,
        ticket.errors());
  }
}
