package orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.recovery.DemotedMasterWatch;
import orchestrator.core.recovery.SafetyPolicy;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;

/** What the engine's {@code DemotedMasters} and {@code PeriodicWork} do, by events. */
final class Watchman {
  private static final DemotedMasterWatch.Rules RULES =
      new DemotedMasterWatch.Rules(false, SafetyPolicy.DEFAULT, CanReplicate.Policy.DEFAULT);

  private static final Duration LOST_AT_LEAST = Duration.ofMinutes(1);

  /** Shorter than in earnest, so that a world sees it happen. */
  private static final Duration ANNOUNCED_FOR = Duration.ofMinutes(1);

  private static final Duration RECOVERIES_KEPT = Duration.ofSeconds(30);

  private final Manager manager;
  private final Set<InstanceKey> inHand = new HashSet<>();

  Watchman(Manager manager) {
    this.manager = manager;
  }

  void look() {
    if (manager.leadership().isEmpty()) {
      return;
    }
    for (DemotedMaster demoted : manager.state().demoted().values()) {
      if (inHand.add(demoted.key())) {
        manager.probe(
            demoted.key(),
            3000,
            result -> {
              inHand.remove(demoted.key());
              looked(demoted, result);
            });
      }
    }
  }

  private void looked(DemotedMaster demoted, ProbeResult result) {
    Optional<Leadership> lead = manager.leadership();
    ReplicatedState state = manager.state();
    if (!(result instanceof ProbeResult.Seen(Instance read))
        || lead.isEmpty()
        || !state.demoted().containsKey(demoted.key())) {
      return;
    }
    DemotedMasterWatch.Verdict verdict =
        DemotedMasterWatch.judge(
            demoted, read, manager.picture.topology(), state, RULES, manager.world.instant());
    for (ServerAction action : verdict.actions()) {
      manager.perform(action, "demoted", lead.get().term(), 10_000, outcome -> {});
    }
    if (!verdict.commands().isEmpty()) {
      manager.submit(verdict.commands(), submission -> {});
    }
  }

  /** Ends the downtime of servers that a recovery gave up, once they replicate again. */
  void endLost() {
    if (manager.leadership().isEmpty()) {
      return;
    }
    Instant now = manager.world.instant();
    for (Downtime downtime : manager.state().downtimes().values()) {
      boolean watched = manager.state().demoted().containsKey(downtime.key());
      boolean due =
          downtime.isLostInRecovery()
              && !watched
              && downtime.begin().plus(LOST_AT_LEAST).isBefore(now);
      if (due
          && manager
              .picture
              .find(downtime.key())
              .filter(i -> i.isLastCheckValid() && i.isReplicating())
              .isPresent()) {
        manager.submit(List.of(new Command.EndLostInRecovery(downtime.key())), s -> {});
      }
    }
  }

  void expire() {
    Instant now = manager.world.instant();
    ReplicatedState state = manager.state();
    Command expire = Command.Expire.at(now, ANNOUNCED_FOR, RECOVERIES_KEPT);
    if (manager.leadership().isPresent()
        && !StateMachine.apply(state, expire, LogPosition.NONE).next().equals(state)) {
      manager.submit(List.of(expire), s -> {});
    }
  }
}
