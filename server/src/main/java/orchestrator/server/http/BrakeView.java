package orchestrator.server.http;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.state.Brakes;
import orchestrator.core.topology.InstanceKey;

/** What keeps the managers from recovering by themselves. New here. */
final class BrakeView {
  private BrakeView() {}

  static Body of(Picture picture) {
    Optional<RecoveryBrake> brake = picture.state().brake();
    Optional<Acknowledgement> release = brake.flatMap(RecoveryBrake::released);
    Optional<RecoveryBudget> budget = picture.settings().budget();
    return out -> {
      out.startObject();
      out.field("GlobalRecoveriesEnabled", picture.state().recoveriesEnabled());
      out.field("MassFailureBrakeOn", brake.filter(RecoveryBrake::isOn).isPresent());
      out.time("PulledAt", brake.map(RecoveryBrake::pulled));
      out.field("Reason", brake.map(RecoveryBrake::reason).orElse(""));
      out.field("ReleasedBy", release.map(Acknowledgement::by).orElse(""));
      out.field("ReleaseComment", release.map(Acknowledgement::comment).orElse(""));
      out.time("ReleasedAt", release.map(Acknowledgement::at));
      out.field("BudgetServers", budget.map(RecoveryBudget::servers).orElse(0));
      out.field("BudgetMinutes", budget.map(limit -> limit.period().toMinutes()).orElse(0L));
      out.keys("RecoveredServers", spent(picture, budget));
      out.field("PausedClusters", Body.list(pauses(picture), BrakeView::pause));
      out.endObject();
    };
  }

  private static Set<InstanceKey> spent(Picture picture, Optional<RecoveryBudget> budget) {
    return budget
        .<Set<InstanceKey>>map(limit -> Brakes.spent(picture.state(), limit, picture.now()))
        .orElse(Set.of());
  }

  private static List<RecoveryPause> pauses(Picture picture) {
    Instant now = picture.now();
    return picture.state().pauses().values().stream()
        .filter(pause -> pause.isActive(now))
        .sorted(Comparator.comparing(RecoveryPause::clusterName))
        .toList();
  }

  private static Body pause(RecoveryPause pause) {
    return out -> {
      out.startObject();
      out.field("ClusterName", pause.clusterName());
      out.field("ClusterAlias", pause.clusterAlias());
      out.field("Owner", pause.owner());
      out.field("Reason", pause.reason());
      out.field("BeginTimestamp", pause.begin());
      out.field("EndTimestamp", pause.end());
      out.endObject();
    };
  }
}
