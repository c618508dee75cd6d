package orchestrator.core.analysis;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.Topology;
import orchestrator.core.topology.Topology.Place;

/**
 * The server that a diagnosis is about, as far as the conditions look at it.
 *
 * @param source where it says it replicates from, detached or not; empty for a master
 * @param binlog where it writes its binary log; empty when it has none, or was never read
 * @param master without a source that can be contacted, and no secondary of a group
 * @param groupMember in a replication group and not OFFLINE; one in ERROR still is a member
 * @param coMaster replicates from a server that replicates from it, and that nobody has replaced
 * @param lastCheckValid the latest probe succeeded, and none hangs for too long
 * @param lastCheckPartialSuccess the latest probe got the main variables at least
 * @param failingToConnect its IO thread says that it cannot reach its source
 * @param gtidMode {@code gtid_mode}; empty where there is none
 */
public record Subject(
    InstanceKey key,
    Optional<InstanceKey> source,
    String dataCenter,
    String region,
    String physicalEnvironment,
    Optional<BinlogCoordinates> binlog,
    boolean master,
    boolean groupMember,
    boolean coMaster,
    boolean lastCheckValid,
    boolean lastCheckPartialSuccess,
    int depth,
    boolean failingToConnect,
    boolean binlogServer,
    boolean pseudoGtid,
    SemiSync semiSync,
    String gtidMode,
    boolean readOnly) {

  static Subject of(
      Instance instance,
      List<Instance> replicas,
      Topology topology,
      ReplicatedState state,
      AnalysisPolicy policy) {
    Place place = topology.placeOf(instance.key());
    boolean coMaster = place.coMaster() || hasCoMaster(replicas, topology);
    return new Subject(
        instance.key(),
        instance.claimedSource(),
        instance.classification().dataCenter(),
        instance.classification().region(),
        instance.classification().physicalEnvironment(),
        instance.binlog().position(),
        instance.isMaster(),
        instance.isGroupMember(),
        coMaster && !isLeftOver(instance, state),
        isAnswering(instance.freshness(), policy),
        instance.freshness().lastCheckPartialSuccess(),
        place.depth(),
        instance.replication().filter(Replication::isFailingToConnectToSource).isPresent(),
        instance.isBinlogServer(),
        instance.classification().pseudoGtid(),
        instance.semiSync(),
        instance.gtid().mode(),
        instance.readOnly());
  }

  /** Its co-master was replaced, by another server than this one: this is master of nobody. */
  private static boolean isLeftOver(Instance instance, ReplicatedState state) {
    return instance
        .sourceKey()
        .flatMap(state::replacementOf)
        .flatMap(RecoveryTicket::promoted)
        .filter(promoted -> !promoted.equals(instance.key()))
        .isPresent();
  }

  private static boolean hasCoMaster(List<Instance> replicas, Topology topology) {
    for (Instance replica : replicas) {
      if (topology.placeOf(replica.key()).coMaster()) {
        return true;
      }
    }
    return false;
  }

  /**
   * A failed probe makes a server invalid at once; one that hangs, when it hangs for longer than a
   * poll interval and some slack.
   */
  private static boolean isAnswering(Freshness freshness, AnalysisPolicy policy) {
    Optional<Instant> seen = freshness.lastSeen();
    Optional<Instant> attempted = freshness.lastAttempted();
    return freshness.isLastCheckValid()
        && seen.isPresent()
        && attempted.isPresent()
        && !attempted.get().isAfter(seen.get().plus(policy.longestUnanswered()));
  }

  public InstanceType type() {
    if (coMaster) {
      return InstanceType.CO_MASTER;
    }
    if (groupMember) {
      return InstanceType.GROUP_MEMBER;
    }
    return master ? InstanceType.MASTER : InstanceType.INTERMEDIATE_MASTER;
  }

  /** Semi-synchronous in force, and fewer replicas than a commit waits for. */
  boolean isWaitingForSemiSyncReplicas() {
    return semiSync.masterEnabled()
        && semiSync.masterStatus()
        && semiSync.waitForReplicaCount() > 0
        && semiSync.masterClients() < semiSync.waitForReplicaCount();
  }
}
