package orchestrator.server.engine.detection;

import java.time.Duration;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.analysis.ClusterInfo;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.analysis.Evidence;
import orchestrator.core.recovery.FailureCase;

/** Tells recoveries what the analysis found. */
public final class FailureCases {
  private FailureCases() {}

  static FailureCase of(Detector.Failure failure) {
    return of(
        failure.diagnosis(),
        failure.actionable(),
        describe(failure.evidence(), failure.diagnosis()));
  }

  /**
   * @param evidence who saw what, for people
   */
  public static FailureCase of(Diagnosis diagnosis, boolean actionable, String evidence) {
    ClusterInfo cluster = diagnosis.cluster();
    return new FailureCase(
        diagnosis.key(),
        diagnosis.code().displayName(),
        diagnosis.description(),
        cluster.name(),
        cluster.alias(),
        cluster.domain(),
        diagnosis.subject().type().displayName(),
        diagnosis.replicas().keys(),
        diagnosis.isDowntimed(),
        cluster.hasAutomatedMasterRecovery(),
        cluster.hasAutomatedIntermediateMasterRecovery(),
        actionable,
        evidence);
  }

  /** A living master that is to be replaced as planned. */
  public static FailureCase ofTakeover(Diagnosis diagnosis, String evidence) {
    return of(diagnosis.as(AnalysisCode.DEAD_MASTER), true, evidence)
        .describedAs("Planned takeover of " + diagnosis.key());
  }

  static String describe(Evidence.Conclusive evidence, Diagnosis diagnosis) {
    if (evidence.attempts() == 0) {
      return "the verdict needs no more than what it is made of";
    }
    long millis = Duration.between(evidence.since(), diagnosis.at()).toMillis();
    return "no answer in "
        + evidence.attempts()
        + " attempts over "
        + millis
        + " ms; "
        + evidence.witnesses().size()
        + " of "
        + diagnosis.replicas().count()
        + " replicas agree";
  }
}
