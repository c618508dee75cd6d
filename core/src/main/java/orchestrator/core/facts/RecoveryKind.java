package orchestrator.core.facts;

import java.util.Optional;

/** What a recovery does, as follows from the diagnosis that it answers. */
public enum RecoveryKind {
  /** A replica takes the place of the master. */
  DEAD_MASTER(Brake.FAILOVER, "recover-dead-master"),
  /** The other co-master, or a replica, takes its place. */
  DEAD_CO_MASTER(Brake.FAILOVER, "recover-dead-co-master"),
  /** Its replicas get other sources. */
  DEAD_INTERMEDIATE_MASTER(Brake.RELOCATION, "recover-dead-intermediate-master"),
  /** Its replicas move to another member of the group. */
  DEAD_GROUP_MEMBER(Brake.RELOCATION, "recover-dead-replication-group-member"),
  /** Semi-synchronous replication is switched on or off on replicas. */
  SEMI_SYNC(Brake.SEMI_SYNC_REPAIR, "recover-semi-sync-master"),
  /** The master is made writable. */
  NON_WRITEABLE_MASTER(Brake.READ_ONLY_REPAIR, "recover-non-writeable-master");

  /** Recoveries that hold back each other for some time, so that none is done again and again. */
  public enum Brake {
    /** A cluster gets another master. */
    FAILOVER,
    /** Replicas get another source. */
    RELOCATION,
    SEMI_SYNC_REPAIR,
    READ_ONLY_REPAIR
  }

  private final Brake brake;
  private final String auditType;

  RecoveryKind(Brake brake, String auditType) {
    this.brake = brake;
    this.auditType = auditType;
  }

  /** Empty for a diagnosis that no recovery answers. */
  public static Optional<RecoveryKind> ofAnalysis(String analysis) {
    return switch (analysis) {
      case "DeadMaster", "DeadMasterAndSomeReplicas" -> Optional.of(DEAD_MASTER);
      case "DeadCoMaster", "DeadCoMasterAndSomeReplicas" -> Optional.of(DEAD_CO_MASTER);
      case "DeadIntermediateMaster",
          "DeadIntermediateMasterAndSomeReplicas",
          "DeadIntermediateMasterWithSingleReplicaFailingToConnect",
          "AllIntermediateMasterReplicasFailingToConnectOrDead" ->
          Optional.of(DEAD_INTERMEDIATE_MASTER);
      case "DeadReplicationGroupMemberWithReplicas" -> Optional.of(DEAD_GROUP_MEMBER);
      case "LockedSemiSyncMaster", "MasterWithTooManySemiSyncReplicas" -> Optional.of(SEMI_SYNC);
      case "NoWriteableMasterStructureWarning" -> Optional.of(NON_WRITEABLE_MASTER);
      default -> Optional.empty();
    };
  }

  public Brake brake() {
    return brake;
  }

  /** The name under which it is audited. */
  public String auditType() {
    return auditType;
  }
}
