package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.SemiSync;

/**
 * Which replicas of a master are to acknowledge its commits. Those with a priority may, the highest
 * first; then by promotion rule, then by name. A replica that does not answer or does not replicate
 * is left as it is.
 *
 * @param on to be switched on, in this order
 * @param off to be switched off, after the former: the master is never left with too few
 * @param masterSideOff replicas whose own master side is on, and should not be
 * @param reasons what is thought of each replica
 */
record SemiSyncPlan(
    List<InstanceKey> on,
    List<InstanceKey> off,
    List<InstanceKey> masterSideOff,
    Map<InstanceKey, String> reasons) {

  SemiSyncPlan {
    on = List.copyOf(on);
    off = List.copyOf(off);
    masterSideOff = List.copyOf(masterSideOff);
    reasons = Map.copyOf(reasons);
  }

  /** How many replicas acknowledge. */
  enum Mode {
    /** Exactly as many as the master waits for. */
    EXACT,
    /** At least as many: replicas are only ever switched on. */
    ENOUGH
  }

  /**
   * @param master as it is now
   * @param replicas each as it is now, or as last read
   * @param silent those that did not answer just now
   */
  static SemiSyncPlan of(
      Instance master,
      Collection<Instance> replicas,
      Set<InstanceKey> silent,
      Map<InstanceKey, PromotionRule> rules,
      Mode mode) {
    return of(master, replicas, silent, Set.of(), rules, mode);
  }

  /**
   * @param starting those that do not replicate yet, and will
   */
  static SemiSyncPlan of(
      Instance master,
      Collection<Instance> replicas,
      Set<InstanceKey> silent,
      Set<InstanceKey> starting,
      Map<InstanceKey, PromotionRule> rules,
      Mode mode) {
    Map<InstanceKey, String> reasons = new TreeMap<>();
    List<Instance> possible = new ArrayList<>();
    List<Instance> asynchronous = new ArrayList<>();
    for (Instance replica : replicas) {
      if (silent.contains(replica.key()) || !replica.isLastCheckValid()) {
        reasons.put(replica.key(), "it does not answer, and is left as it is");
      } else if (!replica.isReplicating() && !starting.contains(replica.key())) {
        reasons.put(replica.key(), "it does not replicate, and is left as it is");
      } else if (!replica.semiSync().available()) {
        reasons.put(replica.key(), "it has no semi-synchronous replication");
      } else {
        (replica.semiSync().priority() > 0 ? possible : asynchronous).add(replica);
      }
    }
    possible.sort(
        Comparator.<Instance>comparingInt(replica -> -replica.semiSync().priority())
            .thenComparing(replica -> rules.getOrDefault(replica.key(), PromotionRule.NEUTRAL))
            .thenComparing(replica -> replica.key().displayString()));
    Lists lists =
        switch (mode) {
          case EXACT -> exact(master.semiSync(), possible, asynchronous);
          case ENOUGH -> enough(master.semiSync(), possible);
        };
    explain(possible, asynchronous, lists, reasons);
    List<InstanceKey> masterSideOff =
        possible.stream()
            .filter(replica -> replica.semiSync().masterEnabled())
            .map(Instance::key)
            .toList();
    return new SemiSyncPlan(lists.on(), lists.off(), masterSideOff, reasons);
  }

  private record Lists(List<InstanceKey> on, List<InstanceKey> off) {}

  private static Lists exact(
      SemiSync master, List<Instance> possible, List<Instance> asynchronous) {
    List<InstanceKey> on = new ArrayList<>();
    List<InstanceKey> off = new ArrayList<>();
    for (int i = 0; i < possible.size(); i++) {
      boolean wanted = i < master.waitForReplicaCount();
      add(possible.get(i), wanted, on, off);
    }
    asynchronous.forEach(replica -> add(replica, false, on, off));
    return new Lists(on, off);
  }

  private static void add(
      Instance replica, boolean wanted, List<InstanceKey> on, List<InstanceKey> off) {
    boolean isRight = wanted ? acknowledges(replica) : isOff(replica);
    if (!isRight) {
      (wanted ? on : off).add(replica.key());
    }
  }

  /** One that was switched on when its IO thread had connected does not, before that restarts. */
  private static boolean acknowledges(Instance replica) {
    return replica.semiSync().replicaEnabled() && replica.semiSync().replicaStatus();
  }

  private static boolean isOff(Instance replica) {
    return !replica.semiSync().replicaEnabled() && !replica.semiSync().replicaStatus();
  }

  private static Lists enough(SemiSync master, List<Instance> possible) {
    int lacking = master.waitForReplicaCount() - master.masterClients();
    List<InstanceKey> on =
        possible.stream()
            .filter(replica -> !acknowledges(replica))
            .limit(Math.max(lacking, 0))
            .map(Instance::key)
            .toList();
    return new Lists(on, List.of());
  }

  private static void explain(
      List<Instance> possible,
      List<Instance> asynchronous,
      Lists lists,
      Map<InstanceKey, String> reasons) {
    for (List<Instance> group : List.of(possible, asynchronous)) {
      for (Instance replica : group) {
        String change =
            lists.on().contains(replica.key())
                ? "is switched on"
                : lists.off().contains(replica.key())
                    ? "is switched off"
                    : acknowledges(replica) ? "stays on" : "stays off";
        reasons.put(
            replica.key(),
            "semi-sync priority %d: it %s".formatted(replica.semiSync().priority(), change));
      }
    }
  }

  boolean changesSomething() {
    return !on.isEmpty() || !off.isEmpty();
  }
}
