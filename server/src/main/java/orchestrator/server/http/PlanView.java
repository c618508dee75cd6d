package orchestrator.server.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import orchestrator.core.facts.JournalText;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.Consideration;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.recovery.Step;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;

/** A recovery that was only thought through. New here: the incumbent has no such thing. */
final class PlanView {
  private final Function<ServerAction, List<String>> statements;

  /**
   * @param statements what an action would send to its server
   */
  PlanView(Function<ServerAction, List<String>> statements) {
    this.statements = statements;
  }

  Body of(RecoveryPlan plan) {
    return out -> {
      out.startObject();
      failure(out, plan.failure());
      out.field("MayBegin", plan.mayBegin());
      out.field("Gates", Body.list(plan.gates(), PlanView::gate));
      out.field("SuccessorKey", plan.successor().map(Body::key).orElse(Body.NULL));
      out.field("Candidates", Body.list(plan.candidates(), PlanView::candidate));
      out.field("ExpectedLoss", JournalText.ofLoss(plan.expectedLoss()));
      out.field("Loss", RecoveryView.loss(plan.expectedLoss()));
      out.field("Replicas", fates(plan.fates()));
      out.field("Steps", Body.list(plan.steps(), this::step));
      out.field("KeyValues", Body.list(plan.keyValues(), PlanView::keyValue));
      out.texts("Errors", plan.errors());
      out.endObject();
    };
  }

  private static void failure(Json out, FailureCase failure) {
    out.field("FailedInstanceKey", failure.failed());
    out.field("Analysis", failure.analysis());
    out.field("Description", failure.description());
    out.field("ClusterName", failure.clusterName());
    out.field("ClusterAlias", failure.clusterAlias());
    out.field("Evidence", failure.evidence());
  }

  static Body gate(Gate gate) {
    return out -> {
      out.startObject();
      out.field("Name", gate.name());
      out.field("Open", gate.open());
      out.field("Overridden", gate.overridden());
      out.field("Explanation", gate.explanation());
      out.endObject();
    };
  }

  private static Body candidate(Consideration candidate) {
    return out -> {
      out.startObject();
      out.field("Key", candidate.server());
      out.field("Eligible", candidate.eligible());
      out.texts("Reasons", candidate.reasons());
      out.field("FeederKey", candidate.feeder().map(Body::key).orElse(Body.NULL));
      out.field("UnreachableTransactions", candidate.unreachableTransactions());
      out.endObject();
    };
  }

  private static Body fates(Map<InstanceKey, ReplicaFate> fates) {
    return Body.list(
        new TreeMap<>(fates).entrySet(),
        entry ->
            out -> {
              out.startObject();
              out.field("Key", entry.getKey());
              out.field("Fate", entry.getValue().kind().name());
              out.field("Reason", entry.getValue().reason());
              out.endObject();
            });
  }

  private Body step(Step step) {
    return switch (step) {
      case Step.Change change -> change(change);
      case Step.RunProcess process -> process(process);
      case Step.Agree agree -> agree(agree);
    };
  }

  private Body change(Step.Change change) {
    return out -> {
      out.startObject();
      out.field("Type", "change");
      out.field("Key", change.action().target());
      out.field("Action", change.action().getClass().getSimpleName());
      out.field("Precondition", change.precondition());
      out.texts("Statements", statements.apply(change.action()));
      out.endObject();
    };
  }

  private static Body process(Step.RunProcess process) {
    return out -> {
      out.startObject();
      out.field("Type", "process");
      out.field("Hook", process.point().configurationKey());
      out.field("Index", process.index());
      out.field("Command", process.command());
      out.field("Asynchronous", process.asynchronous());
      out.endObject();
    };
  }

  private static Body agree(Step.Agree agree) {
    return out -> {
      out.startObject();
      out.field("Type", "agree");
      out.texts("Journal", agree.entries().stream().map(JournalText::of).toList());
      out.texts(
          "Commands", agree.commands().stream().map(c -> c.getClass().getSimpleName()).toList());
      out.endObject();
    };
  }

  private static Body keyValue(Command.PutKeyValue entry) {
    return out -> {
      out.startObject();
      out.field("Key", entry.key());
      out.field("Value", entry.value());
      out.endObject();
    };
  }
}
