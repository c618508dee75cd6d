package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Topology;

/**
 * All that a recovery knows when it begins.
 *
 * @param failedServer as last read; {@link Instance#unseen} when it never was
 * @param replicas each direct replica as last read
 * @param rules promotion rules in force; absent means neutral
 * @param addresses resolved addresses by host name, for key-value stores
 * @param node the acting manager
 * @param surroundings the servers around the failed one
 * @param unfit former masters that may not be promoted ({@link FormerMasters}), and why
 * @param hadWhenPromoted what the failed server had when a recovery promoted it, which may be later
 *     than it was last read; empty when none did, or that is not known
 */
public record Circumstances(
    FailureCase failure,
    Instance failedServer,
    List<Instance> replicas,
    Map<InstanceKey, PromotionRule> rules,
    Set<InstanceKey> downtimed,
    Map<String, HostAddresses> addresses,
    ActingNode node,
    RecoveryPolicy policy,
    Surroundings surroundings,
    Map<InstanceKey, String> unfit,
    Optional<GtidSet> hadWhenPromoted) {

  public Circumstances {
    replicas = List.copyOf(replicas);
    rules = Map.copyOf(rules);
    downtimed = Set.copyOf(downtimed);
    addresses = Map.copyOf(addresses);
    unfit = Map.copyOf(unfit);
  }

  /** With nothing known of the servers around the failed one, and no former masters. */
  public Circumstances(
      FailureCase failure,
      Instance failedServer,
      List<Instance> replicas,
      Map<InstanceKey, PromotionRule> rules,
      Set<InstanceKey> downtimed,
      Map<String, HostAddresses> addresses,
      ActingNode node,
      RecoveryPolicy policy) {
    this(
        failure,
        failedServer,
        replicas,
        rules,
        downtimed,
        addresses,
        node,
        policy,
        Surroundings.NONE,
        Map.of(),
        Optional.empty());
  }

  /** From the current picture and what people have said. */
  public static Circumstances of(
      FailureCase failure,
      Topology topology,
      ReplicatedState state,
      RecoveryPolicy policy,
      Map<String, HostAddresses> addresses,
      ActingNode node,
      Instant now) {
    List<Instance> replicas =
        failure.replicas().stream()
            .map(key -> topology.find(key).orElseGet(() -> Instance.unseen(key)))
            .toList();
    Surroundings surroundings =
        Surroundings.of(failure.failed(), failure.replicas(), topology, state);
    Map<InstanceKey, PromotionRule> rules = new HashMap<>();
    Set<InstanceKey> downtimed = new HashSet<>();
    List<Instance> concerned = new ArrayList<>(replicas);
    concerned.addAll(surroundings.all());
    for (Instance server : concerned) {
      InstanceKey key = server.key();
      state.promotionRuleOf(server, now).ifPresent(rule -> rules.put(key, rule));
      Downtime downtime = state.downtimes().get(key);
      if (downtime != null && downtime.isActive(now)) {
        downtimed.add(key);
      }
    }
    Instance failedServer =
        topology.find(failure.failed()).orElseGet(() -> Instance.unseen(failure.failed()));
    return new Circumstances(
        failure,
        failedServer,
        replicas,
        rules,
        downtimed,
        addresses,
        node,
        policy,
        surroundings,
        FormerMasters.unfit(state),
        hadWhenPromoted(failure.failed(), state));
  }

  private static Optional<GtidSet> hadWhenPromoted(InstanceKey failed, ReplicatedState state) {
    return state.recoveries().values().stream()
        .filter(ticket -> ticket.promoted().equals(Optional.of(failed)))
        .max(Comparator.comparingLong(RecoveryTicket::id))
        .flatMap(ticket -> ticket.loss().promotedExecuted());
  }

  public PromotionRule ruleOf(InstanceKey key) {
    return rules.getOrDefault(key, PromotionRule.NEUTRAL);
  }

  /** The replica as it was last read before the recovery began. */
  public Optional<Instance> lastRead(InstanceKey key) {
    return replicas.stream().filter(replica -> replica.key().equals(key)).findFirst();
  }
}
