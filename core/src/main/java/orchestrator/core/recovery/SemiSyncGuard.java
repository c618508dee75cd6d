package orchestrator.core.recovery;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Topology;

/**
 * Whether a replica is to acknowledge its source's commits when its replication starts: a former
 * master has never done so, and its successor may wait for it.
 *
 * <p>Without a key that has replicas counted, whoever has a priority does, but for those that must
 * not be promoted. With one, the replica is judged as {@link SemiSyncPlan} judges them all, as if
 * it replicated already; it alone is changed.
 */
public final class SemiSyncGuard {
  private final RecoveryPolicy.Replicas policy;

  public SemiSyncGuard(RecoveryPolicy.Replicas policy) {
    this.policy = policy;
  }

  /**
   * @param replica as it is now
   * @param source where it is about to replicate from
   * @param topology as last read
   * @return empty to leave it as it is
   */
  public Optional<Boolean> acknowledges(
      Instance replica, InstanceKey source, Topology topology, ReplicatedState state, Instant now) {
    if (!replica.semiSync().available()) {
      return Optional.empty();
    }
    if (policy.exactSemiSync() || policy.lockedSemiSync()) {
      return topology.find(source).flatMap(known -> planned(replica, known, topology, state, now));
    }
    return replica.semiSync().priority() > 0
        ? Optional.of(ruleOf(replica, state, now) != PromotionRule.MUST_NOT)
        : Optional.empty();
  }

  /** A source that was never read, or does not answer, says nothing: a repair will see to it. */
  private Optional<Boolean> planned(
      Instance replica, Instance source, Topology topology, ReplicatedState state, Instant now) {
    if (!source.isLastCheckValid()) {
      return Optional.empty();
    }
    List<Instance> replicas =
        Stream.concat(
                Stream.of(replica),
                topology.replicasOf(source.key()).stream()
                    .filter(other -> !other.key().equals(replica.key())))
            .toList();
    Map<InstanceKey, PromotionRule> rules = new HashMap<>();
    replicas.forEach(each -> rules.put(each.key(), ruleOf(each, state, now)));
    SemiSyncPlan plan =
        SemiSyncPlan.of(
            source,
            replicas,
            Set.of(),
            Set.of(replica.key()),
            rules,
            policy.exactSemiSync() ? SemiSyncPlan.Mode.EXACT : SemiSyncPlan.Mode.ENOUGH);
    if (plan.on().contains(replica.key())) {
      return Optional.of(true);
    }
    return plan.off().contains(replica.key()) ? Optional.of(false) : Optional.empty();
  }

  private static PromotionRule ruleOf(Instance server, ReplicatedState state, Instant now) {
    return state.promotionRuleOf(server, now).orElse(PromotionRule.NEUTRAL);
  }
}
