package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.RecoveryGate;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Whether a takeover may begin: all that can be known before anything is changed. All gates are
 * asked, so that all reasons are shown.
 */
final class TakeoverGates {
  static final List<HookPoint> POINTS =
      List.of(
          HookPoint.PRE_GRACEFUL_TAKEOVER,
          HookPoint.PRE_FAILOVER,
          HookPoint.FENCING,
          HookPoint.POST_MASTER_FAILOVER,
          HookPoint.POST_FAILOVER,
          HookPoint.POST_GRACEFUL_TAKEOVER,
          HookPoint.POST_UNSUCCESSFUL_FAILOVER);

  private TakeoverGates() {}

  static List<Gate> of(Circumstances circumstances, RecoveryOrigin origin, ReplicatedState state) {
    InstanceKey target = origin.designated().orElseThrow();
    TakeoverRules rules = TakeoverRules.of(circumstances);
    List<Gate> gates = new ArrayList<>();
    gates.add(recoveries(circumstances.failure(), state));
    gates.add(
        gate(
            "master",
            replaced(circumstances.failure().failed(), state).or(() -> rules.masterRefusal(false)),
            circumstances.failure().failed() + " answers and is writable"));
    gates.add(
        gate(
            "target",
            rules.targetRefusal(target).map(reason -> target + ": " + reason),
            target + " replicates, and may be promoted"));
    gates.add(method(circumstances));
    gates.add(siblings(rules.siblingRefusals(target), circumstances, target));
    gates.add(processes(circumstances.policy()));
    return gates;
  }

  /** One that came back writable answers like a master until its watch has seen it. */
  private static Optional<String> replaced(InstanceKey master, ReplicatedState state) {
    return Optional.ofNullable(state.demoted().get(master))
        .map(demoted ->
            master
                + " was replaced by "
                + demoted.successor()
                + " and is kept read-only: release-demoted-master first");
  }

  private static Gate gate(String name, Optional<String> refusal, String otherwise) {
    return new Gate(name, refusal.isEmpty(), false, refusal.orElse(otherwise));
  }

  private static Gate recoveries(FailureCase failure, ReplicatedState state) {
    return gate(
        "recoveries",
        RecoveryGate.openRecoveryOf(state, failure.failed(), failure.clusterName()),
        "none of this cluster is open");
  }

  private static Gate method(Circumstances circumstances) {
    String text =
        switch (Method.ofTakeover(circumstances)) {
          case GTID -> "by GTIDs";
          case POSITION ->
              "by equal positions in the master's log, since replicas do not use GTIDs"
                  + (circumstances.policy().pseudoGtid().isPresent()
                      ? "; those that do not come to its end in time by Pseudo-GTID"
                      : "");
        };
    return new Gate("method", true, false, text);
  }

  private static Gate siblings(
      Map<InstanceKey, String> refusals, Circumstances circumstances, InstanceKey target) {
    long others = circumstances.failure().replicas().size() - 1L;
    Instance targetNow = circumstances.lastRead(target).orElseGet(() -> Instance.unseen(target));
    String moment =
        Method.ofTakeover(circumstances) == Method.POSITION
            ? " (after the promotion)"
            : TakeoverRules.siblingsAreNeeded(circumstances.failedServer(), targetNow)
                ? " (after the promotion: semi-synchronous commits need them until then)"
                : "";
    return gate(
        "other replicas",
        refusals.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", refusals.values())),
        others + " other replicas are moved below " + target + moment);
  }

  private static Gate processes(RecoveryPolicy policy) {
    String configured =
        POINTS.stream()
            .filter(point -> !policy.hooksAt(point).isEmpty())
            .map(point -> point.configurationKey() + " (" + policy.hooksAt(point).size() + ")")
            .collect(Collectors.joining(", "));
    return new Gate(
        "processes", true, false, configured.isEmpty() ? "none configured" : configured);
  }
}
