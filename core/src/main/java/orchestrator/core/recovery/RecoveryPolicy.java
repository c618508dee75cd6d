package orchestrator.core.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.topology.InstanceKey;

/**
 * The configuration of recoveries, as values.
 *
 * @param blockPeriod {@code RecoveryPeriodBlockSeconds}: how long a recovery blocks the next
 *     automatic one, from its start
 * @param acknowledgeComplete {@code AcknowledgeCompleteRecoveries}: whether a recovery that changed
 *     the topology and left nothing to do holds back no other one; a repair always does
 * @param keyValuePrefix {@code KVClusterMasterPrefix}
 * @param hooks the process lists, by the moment they run; absent means none
 * @param replication who may replicate from whom
 * @param budget how many servers may be recovered from automatically; empty for no limit
 * @param safety what is done for the data
 * @param pseudoGtid markers in binary logs, by which replicas without GTIDs are moved
 */
public record RecoveryPolicy(
    Promotion promotion,
    Replicas replicas,
    Waits waits,
    Duration blockPeriod,
    boolean acknowledgeComplete,
    String keyValuePrefix,
    Map<HookPoint, List<String>> hooks,
    CanReplicate.Policy replication,
    Optional<RecoveryBudget> budget,
    SafetyPolicy safety,
    Optional<PseudoGtid> pseudoGtid) {

  /** The defaults of all keys. */
  public static final RecoveryPolicy DEFAULT =
      new RecoveryPolicy(
          Promotion.DEFAULT,
          Replicas.DEFAULT,
          Waits.DEFAULT,
          Duration.ofHours(1),
          false,
          "mysql/master",
          Map.of(),
          CanReplicate.Policy.DEFAULT,
          Optional.empty(),
          SafetyPolicy.DEFAULT,
          Optional.empty());

  public RecoveryPolicy {
    hooks = Map.copyOf(hooks);
  }

  public List<String> hooksAt(HookPoint point) {
    return hooks.getOrDefault(point, List.of());
  }

  public RecoveryPolicy with(Promotion newPromotion) {
    return changed(draft -> draft.promotion = newPromotion);
  }

  public RecoveryPolicy with(Replicas newReplicas) {
    return changed(draft -> draft.replicas = newReplicas);
  }

  public RecoveryPolicy with(Waits newWaits) {
    return changed(draft -> draft.waits = newWaits);
  }

  public RecoveryPolicy with(Map<HookPoint, List<String>> newHooks) {
    return changed(draft -> draft.hooks = newHooks);
  }

  public RecoveryPolicy with(RecoveryBudget newBudget) {
    return changed(draft -> draft.budget = Optional.of(newBudget));
  }

  public RecoveryPolicy with(SafetyPolicy newSafety) {
    return changed(draft -> draft.safety = newSafety);
  }

  public RecoveryPolicy with(PseudoGtid newPseudoGtid) {
    return changed(draft -> draft.pseudoGtid = Optional.of(newPseudoGtid));
  }

  public RecoveryPolicy acknowledgingComplete() {
    return changed(draft -> draft.acknowledgeComplete = true);
  }

  private RecoveryPolicy changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new RecoveryPolicy(
        draft.promotion,
        draft.replicas,
        draft.waits,
        blockPeriod,
        draft.acknowledgeComplete,
        keyValuePrefix,
        draft.hooks,
        replication,
        draft.budget,
        draft.safety,
        draft.pseudoGtid);
  }

  /** The parts that are replaced one at a time. */
  private static final class Draft {
    private Promotion promotion;
    private Replicas replicas;
    private Waits waits;
    private boolean acknowledgeComplete;
    private Map<HookPoint, List<String>> hooks;
    private Optional<RecoveryBudget> budget;
    private SafetyPolicy safety;
    private Optional<PseudoGtid> pseudoGtid;

    Draft(RecoveryPolicy policy) {
      this.promotion = policy.promotion;
      this.replicas = policy.replicas;
      this.waits = policy.waits;
      this.acknowledgeComplete = policy.acknowledgeComplete;
      this.hooks = policy.hooks;
      this.budget = policy.budget;
      this.safety = policy.safety;
      this.pseudoGtid = policy.pseudoGtid;
    }
  }

  /**
   * Who may be promoted, and how.
   *
   * @param preventCrossDataCenter {@code PreventCrossDataCenterMasterFailover}
   * @param preventCrossRegion {@code PreventCrossRegionMasterFailover}
   * @param failOnLag {@code FailMasterPromotionOnLagMinutes}; zero for no limit
   * @param failIfNotUpToDate {@code FailMasterPromotionIfSQLThreadNotUpToDate}
   * @param delayIfNotUpToDate {@code DelayMasterPromotionIfSQLThreadNotUpToDate}
   * @param apply {@code ApplyMySQLPromotionAfterMasterFailover}: whether the promoted server is
   *     reset and made writable, or operators' processes do so
   * @param detachPromoted {@code MasterFailoverDetachReplicaMasterHost}; of no use with {@code
   *     apply}
   * @param useSuperReadOnly {@code UseSuperReadOnly}
   * @param ignored {@code PromotionIgnoreHostnameFilters}: servers never to be promoted
   * @param onlyOtherCoMaster {@code CoMasterRecoveryMustPromoteOtherCoMaster}
   */
  public record Promotion(
      boolean preventCrossDataCenter,
      boolean preventCrossRegion,
      Duration failOnLag,
      boolean failIfNotUpToDate,
      boolean delayIfNotUpToDate,
      boolean apply,
      boolean detachPromoted,
      boolean useSuperReadOnly,
      Predicate<InstanceKey> ignored,
      boolean onlyOtherCoMaster) {
    public static final Promotion DEFAULT =
        new Promotion(
            false, false, Duration.ZERO, false, false, true, false, false, key -> false, true);

    public Promotion {
      if (failIfNotUpToDate && delayIfNotUpToDate) {
        throw new IllegalArgumentException(
            "FailMasterPromotionIfSQLThreadNotUpToDate and"
                + " DelayMasterPromotionIfSQLThreadNotUpToDate exclude each other");
      }
    }
  }

  /**
   * What becomes of the other replicas.
   *
   * @param detachLost {@code DetachLostReplicasAfterMasterFailover}
   * @param postponeOnDelay {@code PostponeReplicaRecoveryOnLagMinutes}: replicas delayed by more
   *     are moved last; zero for off
   * @param maxConcurrentMoves {@code MaxConcurrentReplicaOperations}, 1 or more
   * @param exactSemiSync {@code EnforceExactSemiSyncReplicas}
   * @param lockedSemiSync {@code RecoverLockedSemiSyncMaster}
   */
  public record Replicas(
      boolean detachLost,
      Duration postponeOnDelay,
      int maxConcurrentMoves,
      boolean exactSemiSync,
      boolean lockedSemiSync) {
    public static final Replicas DEFAULT = new Replicas(true, Duration.ZERO, 5);

    public Replicas {
      if (maxConcurrentMoves < 1) {
        throw new IllegalArgumentException("maxConcurrentMoves must be 1 or more");
      }
    }

    /** Semi-synchronous replication is nobody's concern. */
    public Replicas(boolean detachLost, Duration postponeOnDelay, int maxConcurrentMoves) {
      this(detachLost, postponeOnDelay, maxConcurrentMoves, false, false);
    }
  }

  /**
   * How long to be patient.
   *
   * @param bulk {@code InstanceBulkOperationsWaitTimeoutSeconds}: the longest wait for relay logs
   *     to be applied and for a sibling's transactions to arrive
   * @param withoutProgress {@code ReasonableReplicationLagSeconds}: such a wait ends earlier when
   *     nothing moves for this long
   * @param hook the longest a process may run before it is killed
   */
  public record Waits(Duration bulk, Duration withoutProgress, Duration hook) {
    public static final Waits DEFAULT =
        new Waits(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(60));
  }
}
