package orchestrator.server.http;

import orchestrator.core.facts.Detection;
import orchestrator.core.recovery.Explanation;

/** Why a failure is recovered from or not. New here. */
final class ExplanationView {
  private ExplanationView() {}

  static Body of(Explanation explanation, RecoveryView recoveries) {
    return out -> {
      out.startObject();
      out.field("Key", explanation.server());
      out.field("At", explanation.at());
      out.field("Verdict", explanation.verdict());
      out.field("IsFailed", explanation.failed());
      out.field("Gates", Body.list(explanation.gates(), PlanView::gate));
      out.field(
          "Detection", explanation.detection().map(ExplanationView::detection).orElse(Body.NULL));
      out.field("Recovery", explanation.recovery().map(recoveries::of).orElse(Body.NULL));
      out.texts("Lines", explanation.lines());
      out.endObject();
    };
  }

  private static Body detection(Detection detection) {
    return out -> {
      out.startObject();
      out.field("Id", detection.id());
      out.field("UID", detection.uid());
      out.field("Analysis", detection.analysis());
      out.field("IsActionable", detection.actionable());
      out.field("DetectedAt", detection.detected());
      out.time("EndedAt", detection.ended());
      out.endObject();
    };
  }
}
