package orchestrator.core.analysis;

import static orchestrator.core.analysis.RecoveryFunction.DEAD_CO_MASTER;
import static orchestrator.core.analysis.RecoveryFunction.DEAD_GROUP_MEMBER;
import static orchestrator.core.analysis.RecoveryFunction.DEAD_INTERMEDIATE_MASTER;
import static orchestrator.core.analysis.RecoveryFunction.DEAD_MASTER;
import static orchestrator.core.analysis.RecoveryFunction.DETECTION_ONLY;
import static orchestrator.core.analysis.RecoveryFunction.EXACT_SEMI_SYNC;
import static orchestrator.core.analysis.RecoveryFunction.LOCKED_SEMI_SYNC_MASTER;
import static orchestrator.core.analysis.RecoveryFunction.NONE;
import static orchestrator.core.analysis.RecoveryFunction.NON_WRITEABLE_MASTER;

import java.util.Optional;

/**
 * The verdict on one server: exactly one of these. The conditions are in {@link Classifier}; the
 * names are those of the API, of hooks and of the audit.
 */
public enum AnalysisCode {
  NO_PROBLEM("NoProblem", NONE),
  DEAD_MASTER_WITHOUT_REPLICAS("DeadMasterWithoutReplicas", NONE),
  DEAD_MASTER("DeadMaster", RecoveryFunction.DEAD_MASTER),
  DEAD_MASTER_AND_REPLICAS("DeadMasterAndReplicas", DETECTION_ONLY),
  DEAD_MASTER_AND_SOME_REPLICAS("DeadMasterAndSomeReplicas", RecoveryFunction.DEAD_MASTER),
  UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS("UnreachableMasterWithLaggingReplicas", DETECTION_ONLY),
  UNREACHABLE_MASTER("UnreachableMaster", DETECTION_ONLY),
  LOCKED_SEMI_SYNC_MASTER("LockedSemiSyncMaster", RecoveryFunction.LOCKED_SEMI_SYNC_MASTER),
  LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS("LockedSemiSyncMasterHypothesis", NONE),
  MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS("MasterWithTooManySemiSyncReplicas", EXACT_SEMI_SYNC),
  /** Also a {@link StructureCode}; a verdict only if such masters are to be recovered. */
  NO_WRITEABLE_MASTER("NoWriteableMasterStructureWarning", NON_WRITEABLE_MASTER),
  MASTER_SINGLE_REPLICA_NOT_REPLICATING("MasterSingleReplicaNotReplicating", NONE),
  MASTER_SINGLE_REPLICA_DEAD("MasterSingleReplicaDead", NONE),
  ALL_MASTER_REPLICAS_NOT_REPLICATING("AllMasterReplicasNotReplicating", DETECTION_ONLY),
  ALL_MASTER_REPLICAS_NOT_REPLICATING_OR_DEAD(
      "AllMasterReplicasNotReplicatingOrDead", DETECTION_ONLY),
  /** Known to users of the API; no condition leads to it. */
  MASTER_WITHOUT_REPLICAS("MasterWithoutReplicas", NONE),
  DEAD_CO_MASTER("DeadCoMaster", RecoveryFunction.DEAD_CO_MASTER),
  DEAD_CO_MASTER_AND_SOME_REPLICAS("DeadCoMasterAndSomeReplicas", RecoveryFunction.DEAD_CO_MASTER),
  UNREACHABLE_CO_MASTER("UnreachableCoMaster", NONE),
  ALL_CO_MASTER_REPLICAS_NOT_REPLICATING("AllCoMasterReplicasNotReplicating", NONE),
  DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT(
      "DeadIntermediateMasterWithSingleReplicaFailingToConnect",
      RecoveryFunction.DEAD_INTERMEDIATE_MASTER),
  DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA("DeadIntermediateMasterWithSingleReplica", NONE),
  DEAD_INTERMEDIATE_MASTER("DeadIntermediateMaster", RecoveryFunction.DEAD_INTERMEDIATE_MASTER),
  DEAD_INTERMEDIATE_MASTER_AND_SOME_REPLICAS(
      "DeadIntermediateMasterAndSomeReplicas", RecoveryFunction.DEAD_INTERMEDIATE_MASTER),
  DEAD_INTERMEDIATE_MASTER_AND_REPLICAS("DeadIntermediateMasterAndReplicas", DETECTION_ONLY),
  UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS(
      "UnreachableIntermediateMasterWithLaggingReplicas", DETECTION_ONLY),
  UNREACHABLE_INTERMEDIATE_MASTER("UnreachableIntermediateMaster", NONE),
  ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD(
      "AllIntermediateMasterReplicasFailingToConnectOrDead",
      RecoveryFunction.DEAD_INTERMEDIATE_MASTER),
  ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING(
      "AllIntermediateMasterReplicasNotReplicating", NONE),
  BINLOG_SERVER_FAILING_TO_CONNECT_TO_MASTER("BinlogServerFailingToConnectToMaster", NONE),
  FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER("FirstTierReplicaFailingToConnectToMaster", NONE),
  DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS(
      "DeadReplicationGroupMemberWithReplicas", DEAD_GROUP_MEMBER);

  private final String displayName;
  private final RecoveryFunction recoveryFunction;

  AnalysisCode(String displayName, RecoveryFunction recoveryFunction) {
    this.displayName = displayName;
    this.recoveryFunction = recoveryFunction;
  }

  /** The name that the API, hooks and the audit show. */
  public String displayName() {
    return displayName;
  }

  public static Optional<AnalysisCode> ofDisplayName(String name) {
    for (AnalysisCode code : values()) {
      if (code.displayName.equals(name)) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }

  public RecoveryFunction recoveryFunction() {
    return recoveryFunction;
  }

  /**
   * Whether nothing is done about it for a moment after the IO threads of the server's replicas
   * were restarted: they may not have had the time to connect again.
   */
  public boolean waitsForRestartedReplicas() {
    return recoveryFunction == RecoveryFunction.DEAD_MASTER
        || recoveryFunction == RecoveryFunction.DEAD_INTERMEDIATE_MASTER
        || this == LOCKED_SEMI_SYNC_MASTER;
  }

  /** Whether it is no matter of concern when every replica of the server is in downtime. */
  public boolean isSkippedWhenAllReplicasAreDowntimed() {
    return switch (this) {
      case ALL_MASTER_REPLICAS_NOT_REPLICATING,
          ALL_MASTER_REPLICAS_NOT_REPLICATING_OR_DEAD,
          MASTER_SINGLE_REPLICA_DEAD,
          ALL_CO_MASTER_REPLICAS_NOT_REPLICATING,
          DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA,
          DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT,
          DEAD_INTERMEDIATE_MASTER_AND_REPLICAS,
          DEAD_INTERMEDIATE_MASTER_AND_SOME_REPLICAS,
          ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD,
          ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING ->
          true;
      case NO_PROBLEM,
          DEAD_MASTER_WITHOUT_REPLICAS,
          DEAD_MASTER,
          DEAD_MASTER_AND_REPLICAS,
          DEAD_MASTER_AND_SOME_REPLICAS,
          UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS,
          UNREACHABLE_MASTER,
          LOCKED_SEMI_SYNC_MASTER,
          LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS,
          MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS,
          NO_WRITEABLE_MASTER,
          MASTER_SINGLE_REPLICA_NOT_REPLICATING,
          MASTER_WITHOUT_REPLICAS,
          DEAD_CO_MASTER,
          DEAD_CO_MASTER_AND_SOME_REPLICAS,
          UNREACHABLE_CO_MASTER,
          DEAD_INTERMEDIATE_MASTER,
          UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS,
          UNREACHABLE_INTERMEDIATE_MASTER,
          BINLOG_SERVER_FAILING_TO_CONNECT_TO_MASTER,
          FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER,
          DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS ->
          false;
    };
  }

  /** Whether the verdict says that the server itself is gone, not only its replicas' links. */
  public boolean meansServerIsDead() {
    return displayName.startsWith("Dead");
  }
}
