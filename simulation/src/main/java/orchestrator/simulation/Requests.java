package orchestrator.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orchestrator.core.analysis.AnalysisCode;
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

/** What {@code engine.manager.RequestedRecoveries} does, by events: what a person asks for. */
final class Requests {
  private static final long LOOK_MILLIS = 5000;

  /** By then a recovery that only waited has ended. */
  private static final long WAY_MILLIS = 1000;

  private final Manager manager;

  Requests(Manager manager) {
    this.manager = manager;
  }

  /**
   * {@code graceful-master-takeover-auto}.
   *
   * @param member of the cluster whose master is to be replaced
   * @param designated the server that is to take over, if the person names one
   */
  void takeOver(InstanceKey member, Optional<InstanceKey> designated) {
    lookAtMaster(member, diagnosis -> takeOver(diagnosis, designated));
  }

  /** {@code force-master-failover}, or {@code force-master-takeover} to a server that is named. */
  void force(InstanceKey member, Optional<InstanceKey> designated) {
    String command = designated.isPresent() ? "force-master-takeover" : "force-master-failover";
    lookAtMaster(
        member,
        diagnosis ->
            recover(
                diagnosis.as(AnalysisCode.DEAD_MASTER),
                new RecoveryOrigin(false, command, designated, false)));
  }

  /** {@code recover}. */
  void recover(InstanceKey failed) {
    lookAgain(
        failed,
        diagnosis -> {
          if (diagnosis.code().recoveryFunction().isActionable()) {
            recover(diagnosis, new RecoveryOrigin(false, "", Optional.empty(), false));
          } else {
            refused("there is nothing to recover at " + failed);
          }
        });
  }

  private void recover(Diagnosis diagnosis, RecoveryOrigin origin) {
    FailureCase failure = FailureCases.of(diagnosis, true, "asked for by somebody");
    if (origin.designated().filter(key -> !failure.replicas().contains(key)).isPresent()) {
      refused(origin.designated().get() + " is no replica of " + failure.failed());
      return;
    }
    Runnable begin =
        () -> manager.recoverer.begin(failure, origin, manager.world.newUid(), List.of(), () -> {});
    if (manager.recoverer.makeWay(failure.failed())) {
      manager.after(WAY_MILLIS, begin);
    } else {
      begin.run();
    }
  }

  private void lookAtMaster(InstanceKey member, Consumer<Diagnosis> then) {
    Topology topology = manager.picture.topology();
    List<Instance> masters =
        topology.clusterNameOf(member).map(topology::mastersOf).orElse(List.of());
    if (masters.size() == 1) {
      lookAgain(masters.getFirst().key(), then);
    } else {
      refused("the cluster of " + member + " has " + masters.size() + " masters");
    }
  }

  private void lookAgain(InstanceKey master, Consumer<Diagnosis> then) {
    List<InstanceKey> keys = new ArrayList<>(List.of(master));
    manager.picture.topology().replicasOf(master).forEach(replica -> keys.add(replica.key()));
    Set<InstanceKey> open = new HashSet<>(keys);
    for (InstanceKey key : keys) {
      manager.probe(
          key,
          LOOK_MILLIS,
          result -> {
            if (open.remove(key) && open.isEmpty()) {
              manager.detector.diagnose(master).ifPresent(then);
            }
          });
    }
  }

  private void takeOver(Diagnosis diagnosis, Optional<InstanceKey> designated) {
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
    manager.world.tell(() -> manager.name() + " refuses what a person asked for: " + reason);
  }
}
