package orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.recovery.DemotedMasterWatch;
import orchestrator.core.recovery.LostServers;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.recovery.WritableReplicas;
import orchestrator.core.relocation.ActionOutcome;
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
  /** Shorter than in earnest, so that a world sees it happen. */
  private static final Duration ANNOUNCED_FOR = Duration.ofMinutes(1);

  private static final Duration RECOVERIES_KEPT = Duration.ofSeconds(30);

  private static final long SET_READ_ONLY_MILLIS = 5000;
  private static final long REATTACH_MILLIS = 10_000;

  private final Manager manager;
  private final Set<InstanceKey> inHand = new HashSet<>();

  Watchman(Manager manager) {
    this.manager = manager;
  }

  private DemotedMasterWatch.Rules rules() {
    RecoveryPolicy policy = manager.world.scenario.policy;
    return new DemotedMasterWatch.Rules(
        policy.promotion().useSuperReadOnly(), policy.safety(), policy.replication());
  }

  void look() {
    if (manager.leadership().isEmpty()) {
      return;
    }
    keepReadOnly();
    for (InstanceKey key : new TreeSet<>(manager.state().demoted().keySet())) {
      DemotedMaster demoted = manager.state().demoted().get(key);
      if (demoted != null && inHand.add(key)) {
        manager.probe(
            key,
            3000,
            result -> {
              inHand.remove(key);
              looked(demoted, result);
            });
      }
    }
  }

  private void keepReadOnly() {
    for (WritableReplicas.Verdict verdict : kept()) {
      InstanceKey key = verdict.server().key();
      boolean isSilent = verdict.finding() == WritableReplicas.Finding.UNCLEAR;
      if (!isSilent && inHand.add(key)) {
        List<InstanceKey> open = new ArrayList<>(List.of(key));
        verdict.master().ifPresent(open::add);
        for (InstanceKey server : List.copyOf(open)) {
          manager.probe(
              server,
              3000,
              result -> {
                open.remove(server);
                if (open.isEmpty()) {
                  inHand.remove(key);
                  readAgain(verdict);
                }
              });
        }
      }
    }
  }

  private void readAgain(WritableReplicas.Verdict verdict) {
    if (kept().contains(verdict)) {
      manager.leadership().ifPresent(lead -> keep(verdict, lead));
    }
  }

  private List<WritableReplicas.Verdict> kept() {
    return WritableReplicas.among(
        manager.picture.topology(), manager.state(), manager.world.instant());
  }

  private void keep(WritableReplicas.Verdict verdict, Leadership lead) {
    InstanceKey key = verdict.server().key();
    switch (verdict.finding()) {
      case TAKES_WRITES -> {
        inHand.add(key);
        manager.perform(
            new ServerAction.SetReadOnly(key, true, rules().useSuperReadOnly()),
            "kept read-only",
            lead.term(),
            SET_READ_ONLY_MILLIS,
            outcome -> inHand.remove(key));
      }
      case IS_MASTER -> manager.submit(List.of(new Command.EndReadOnly(key)), submission -> {});
      case UNCLEAR -> {}
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
            demoted, read, manager.picture.topology(), state, rules(), manager.world.instant());
    perform(verdict.actions(), lead.get());
    if (!verdict.commands().isEmpty()) {
      manager.submit(verdict.commands(), submission -> {});
    }
  }

  /** In this order, each if the one before was. */
  private void perform(List<ServerAction> actions, Leadership lead) {
    if (!actions.isEmpty()) {
      manager.perform(
          actions.getFirst(),
          "demoted",
          lead.term(),
          actions.getFirst() instanceof ServerAction.SetReadOnly
              ? SET_READ_ONLY_MILLIS
              : REATTACH_MILLIS,
          outcome -> {
            if (outcome instanceof ActionOutcome.Applied && lead.isValid()) {
              perform(actions.subList(1, actions.size()), lead);
            }
          });
    }
  }

  /** Leaves a Pseudo-GTID marker on the master, as {@code engine.manager.MarkerInjection} does. */
  void mark() {
    Optional<Leadership> lead = manager.leadership();
    ReplicatedState state = manager.state();
    if (lead.isEmpty() || manager.world.scenario.policy.pseudoGtid().isEmpty()) {
      return;
    }
    List<Instance> writable =
        manager.picture.topology().instances().stream()
            .filter(server -> !server.isReplica() && server.isLastCheckValid())
            .filter(server -> !server.readOnly())
            .toList();
    if (writable.size() == 1) {
      Instance master = writable.getFirst();
      boolean apart =
          state.demoted().containsKey(master.key())
              || state.openRecoveryOf(master.key()).isPresent();
      if (!apart) {
        manager.perform(
            new ServerAction.InjectMarker(
                master.key(),
                PseudoGtid.injection(
                    manager.world.instant().getEpochSecond(),
                    master.identity().serverId(),
                    manager.world.random.nextLong())),
            "Pseudo-GTID",
            lead.get().term(),
            3000,
            outcome -> {});
      }
    }
  }

  void endLost() {
    if (manager.leadership().isPresent()) {
      LostServers.returned(manager.state(), manager.picture.topology(), manager.world.instant())
          .forEach(command -> manager.submit(List.of(command), s -> {}));
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
