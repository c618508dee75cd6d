package orchestrator.core.analysis;

import java.util.ArrayList;
import java.util.List;

/** The conditions of every {@link StructureCode}: all that hold are listed. */
final class StructureRules {
  private StructureRules() {}

  static List<StructureCode> of(Subject subject, ReplicaSummary replicas) {
    boolean hasDifferentGtidModes =
        replicas.count() > 0
            && !(subject.gtidMode().equals(replicas.minGtidMode())
                && subject.gtidMode().equals(replicas.maxGtidMode()));
    boolean hasErrant = !replicas.errant().isEmpty();
    // Nothing else can hold for the many servers that are no masters.
    if (!subject.master() && !hasDifferentGtidModes && !hasErrant) {
      return List.of();
    }
    List<StructureCode> codes = new ArrayList<>();
    if (subject.master()) {
      addLogging(codes, subject, replicas);
    }
    addIf(codes, hasDifferentGtidModes, StructureCode.DIFFERENT_GTID_MODES);
    addIf(codes, hasErrant, StructureCode.ERRANT_GTID);
    if (subject.master()) {
      addIf(codes, subject.readOnly(), StructureCode.NO_WRITEABLE_MASTER);
      addIf(codes, lacksSemiSync(subject), StructureCode.NOT_ENOUGH_VALID_SEMI_SYNC_REPLICAS);
    }
    return List.copyOf(codes);
  }

  private static void addLogging(
      List<StructureCode> codes, Subject subject, ReplicaSummary replicas) {
    boolean severalReplicas = replicas.count() > 1;
    boolean canFailOver =
        replicas.oracleGtid()
            || replicas.mariaDbGtid()
            || replicas.binlogServers()
            || subject.pseudoGtid();
    boolean statement = replicas.statementLogging() > 0;
    boolean mixed = replicas.mixedLogging() > 0;
    boolean row = replicas.rowLogging() > 0;
    addIf(codes, severalReplicas && replicas.logging() == 0, StructureCode.NO_LOGGING_REPLICAS);
    addIf(codes, severalReplicas && !canFailOver, StructureCode.NO_FAILOVER_SUPPORT);
    addIf(codes, statement && mixed, StructureCode.STATEMENT_AND_MIXED_LOGGING_REPLICAS);
    addIf(codes, statement && row, StructureCode.STATEMENT_AND_ROW_LOGGING_REPLICAS);
    addIf(codes, mixed && row, StructureCode.MIXED_AND_ROW_LOGGING_REPLICAS);
    addIf(
        codes,
        replicas.majorVersionsLogging() > 1,
        StructureCode.MULTIPLE_MAJOR_VERSIONS_LOGGING_REPLICAS);
  }

  /** Fallen back to asynchronous replication for want of replicas. */
  private static boolean lacksSemiSync(Subject subject) {
    return subject.semiSync().masterEnabled()
        && !subject.semiSync().masterStatus()
        && subject.semiSync().waitForReplicaCount() > 0
        && subject.semiSync().masterClients() < subject.semiSync().waitForReplicaCount();
  }

  private static void addIf(List<StructureCode> codes, boolean condition, StructureCode code) {
    if (condition) {
      codes.add(code);
    }
  }
}
