package orchestrator.core.state;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * What keeps the managers from recovering by themselves, whatever has failed: the global switch,
 * the mass-failure brake, a pause of the cluster, a downtime of the server, the budget. Nothing of
 * it holds a person back.
 *
 * <p>Each answers with the reason for people; empty when it lets pass.
 */
public final class Brakes {
  private Brakes() {}

  /** The first that holds the request back. */
  static Optional<String> holding(ReplicatedState state, RecoveryGate.Request request) {
    return bySwitch(state)
        .or(() -> byBrake(state))
        .or(() -> byPause(state, request))
        .or(() -> byDowntime(state, request))
        .or(() -> byBudget(state, request));
  }

  public static Optional<String> bySwitch(ReplicatedState state) {
    return state.recoveriesEnabled()
        ? Optional.empty()
        : Optional.of(
            "Automatic recoveries are disabled globally: enable them with"
                + " enable-global-recoveries");
  }

  public static Optional<String> byBrake(ReplicatedState state) {
    return state
        .brake()
        .filter(RecoveryBrake::isOn)
        .map(brake ->
            "The mass-failure brake is on since %s: %s. When you know what has happened, release it with release-recovery-brake"
                .formatted(brake.pulled(), brake.reason()));
  }

  public static Optional<String> byPause(ReplicatedState state, RecoveryGate.Request request) {
    return pauseOf(state, request.clusterName(), request.clusterAlias(), request.at())
        .map(pause ->
            "Recoveries of cluster %s are paused until %s by %s: %s. End that with resume-recoveries"
                .formatted(pause.clusterName(), pause.end(), pause.owner(), pause.reason()));
  }

  /** Also asked when the record is opened: it may have been agreed on a moment before. */
  public static Optional<String> byDowntime(ReplicatedState state, RecoveryGate.Request request) {
    return Optional.ofNullable(state.downtimes().get(request.failed()))
        .filter(downtime -> downtime.isActive(request.at()))
        .map(downtime ->
            "%s is downtimed until %s by %s: %s"
                .formatted(request.failed(), downtime.end(), downtime.owner(), downtime.reason()));
  }

  public static Optional<String> byBudget(ReplicatedState state, RecoveryGate.Request request) {
    return request
        .budget()
        .filter(budget -> RecoveryGate.changesTopology(request.analysis()))
        .filter(budget -> isUsedUp(state, budget, request.failed(), request.at()))
        .map(budget -> used(spent(state, budget, request.at()), budget));
  }

  /** Whether one more server would be one too many. */
  static boolean isUsedUp(
      ReplicatedState state, RecoveryBudget budget, InstanceKey failed, Instant at) {
    SortedSet<InstanceKey> spent = spent(state, budget, at);
    return !spent.contains(failed) && spent.size() >= budget.servers();
  }

  static String used(SortedSet<InstanceKey> spent, RecoveryBudget budget) {
    return "%d servers were recovered from automatically within %d minutes, which is the limit: %s"
        .formatted(
            spent.size(),
            budget.period().toMinutes(),
            spent.stream().map(InstanceKey::displayString).collect(Collectors.joining(", ")));
  }

  /**
   * The servers whose automatic recoveries count at a time. What was begun "later" by another clock
   * counts too: leaders' clocks differ.
   */
  public static SortedSet<InstanceKey> spent(
      ReplicatedState state, RecoveryBudget budget, Instant at) {
    Instant released =
        state.brake().flatMap(RecoveryBrake::released).map(Acknowledgement::at).orElse(Instant.MIN);
    Instant begin = at.minus(budget.period());
    return state.recoveries().values().stream()
        .filter(ticket -> ticket.origin().automatic())
        .filter(ticket -> RecoveryGate.changesTopology(ticket.analysis()))
        .filter(ticket -> ticket.started().isAfter(begin) && ticket.started().isAfter(released))
        .map(RecoveryTicket::failed)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The pause of a cluster, by its name or, if it has one, its alias.
   *
   * @param clusterAlias empty for none
   */
  public static Optional<RecoveryPause> pauseOf(
      ReplicatedState state, String clusterName, String clusterAlias, Instant at) {
    String name = state.currentClusterName(clusterName);
    return state.pauses().values().stream()
        .filter(pause -> pause.isActive(at))
        .filter(pause ->
            state.currentClusterName(pause.clusterName()).equals(name)
                || (!clusterAlias.isEmpty() && pause.clusterAlias().equals(clusterAlias)))
        .min(Comparator.comparing(RecoveryPause::clusterName));
  }
}
