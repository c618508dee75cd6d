package orchestrator.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.SurveyGates;
import orchestrator.core.recovery.TakeoverChoice;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.detection.FailureCases;

/**
 * What {@code engine.manager.RequestedRecoveries} does, by events: {@code
 * graceful-master-takeover-auto} as a person asks for it.
 */
final class Requests {
  private static final long LOOK_MILLIS = 5000;

  private final Manager manager;

  Requests(Manager manager) {
    this.manager = manager;
  }

  /**
   * @param member of the cluster whose master is to be replaced
   * @param designated the server that is to take over, if the person names one
   */
  void takeOver(InstanceKey member, Optional<InstanceKey> designated) {
    Topology topology = manager.picture.topology();
    List<Instance> masters =
        topology.clusterNameOf(member).map(topology::mastersOf).orElse(List.of());
    if (masters.size() == 1) {
      InstanceKey master = masters.getFirst().key();
      lookAgain(
          master, () -> manager.detector.diagnose(master).ifPresent(d -> begin(d, designated)));
    } else {
      refused("the cluster of " + member + " has " + masters.size() + " masters");
    }
  }

  private void lookAgain(InstanceKey master, Runnable then) {
    List<InstanceKey> keys = new ArrayList<>(List.of(master));
    manager.picture.topology().replicasOf(master).forEach(replica -> keys.add(replica.key()));
    Set<InstanceKey> open = new HashSet<>(keys);
    for (InstanceKey key : keys) {
      manager.probe(
          key,
          LOOK_MILLIS,
          result -> {
            if (open.remove(key) && open.isEmpty()) {
              then.run();
            }
          });
    }
  }

  private void begin(Diagnosis diagnosis, Optional<InstanceKey> designated) {
    Optional<Leadership> lead = manager.leadership();
    if (lead.isEmpty()) {
      refused("this manager does not lead");
      return;
    }
    FailureCase failure = FailureCases.ofTakeover(diagnosis, "asked for by somebody");
    Circumstances circumstances = manager.recoverer.circumstances(failure, lead.get().term());
    TakeoverChoice choice = TakeoverChoice.of(circumstances, designated, true);
    if (choice.target().isEmpty()) {
      refused(choice.refusal());
      return;
    }
    RecoveryOrigin origin = RecoveryOrigin.takeover(choice.target().get(), true);
    boolean open =
        RecoveryGates.allOpen(
            SurveyGates.of(
                failure.failed(), origin, surveys(circumstances), circumstances.policy().safety()));
    if (open) {
      manager.recoverer.begin(failure, origin, manager.world.newUid(), List.of(), () -> {});
    } else {
      refused("its servers cannot be changed");
    }
  }

  /** Managers have all privileges here, and transactions are short. */
  private static List<TakeoverSurvey> surveys(Circumstances circumstances) {
    return circumstances.replicas().stream()
        .filter(Instance::isLastCheckValid)
        .map(replica -> new TakeoverSurvey(replica.key(), "", List.of(), "", List.of(), true))
        .toList();
  }

  private void refused(String reason) {
    manager.world.tell(() -> manager.name() + " refuses a takeover: " + reason);
  }
}
