package orchestrator.core.analysis;

import java.util.Optional;

/**
 * Something about the shape or settings of a topology that will hurt one day. Several may apply;
 * none leads to a recovery. In the order in which they are listed.
 */
public enum StructureCode {
  NO_LOGGING_REPLICAS("NoLoggingReplicasStructureWarning"),
  NO_FAILOVER_SUPPORT("NoFailoverSupportStructureWarning"),
  STATEMENT_AND_MIXED_LOGGING_REPLICAS("StatementAndMixedLoggingReplicasStructureWarning"),
  STATEMENT_AND_ROW_LOGGING_REPLICAS("StatementAndRowLoggingReplicasStructureWarning"),
  MIXED_AND_ROW_LOGGING_REPLICAS("MixedAndRowLoggingReplicasStructureWarning"),
  MULTIPLE_MAJOR_VERSIONS_LOGGING_REPLICAS("MultipleMajorVersionsLoggingReplicasStructureWarning"),
  DIFFERENT_GTID_MODES("DifferentGTIDModesStructureWarning"),
  /** Said of the source of the replica that has the errant transactions. */
  ERRANT_GTID("ErrantGTIDStructureWarning"),
  NO_WRITEABLE_MASTER("NoWriteableMasterStructureWarning"),
  NOT_ENOUGH_VALID_SEMI_SYNC_REPLICAS("NotEnoughValidSemiSyncReplicasStructureWarning");

  private final String displayName;

  StructureCode(String displayName) {
    this.displayName = displayName;
  }

  /** The name that the API shows. */
  public String displayName() {
    return displayName;
  }

  public static Optional<StructureCode> ofDisplayName(String name) {
    for (StructureCode code : values()) {
      if (code.displayName.equals(name)) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }
}
