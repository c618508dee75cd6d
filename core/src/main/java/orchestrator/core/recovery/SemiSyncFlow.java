package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Sees to it that as many replicas acknowledge the commits of a master as it waits for. All are
 * read; first replicas are switched on, and when that is done others are switched off.
 */
final class SemiSyncFlow implements Flow {
  static final SemiSyncFlow INSTANCE = new SemiSyncFlow();

  private SemiSyncFlow() {}

  /** How many are to be on, as configured; empty when nothing is to be done about it. */
  static Optional<SemiSyncPlan.Mode> modeOf(FailureCase failure, RecoveryPolicy policy) {
    if (policy.replicas().exactSemiSync()) {
      return Optional.of(SemiSyncPlan.Mode.EXACT);
    }
    return policy.replicas().lockedSemiSync() && failure.analysis().equals("LockedSemiSyncMaster")
        ? Optional.of(SemiSyncPlan.Mode.ENOUGH)
        : Optional.empty();
  }

  /** What would be done by what was last read; empty when nothing is to be done about it. */
  static Optional<SemiSyncPlan> planOf(Circumstances circumstances) {
    return modeOf(circumstances.failure(), circumstances.policy())
        .map(mode ->
            SemiSyncPlan.of(
                circumstances.failedServer(),
                circumstances.replicas(),
                Set.of(),
                circumstances.rules(),
                mode));
  }

  @Override
  public HookPoint[] before() {
    return new HookPoint[0];
  }

  @Override
  public void begin(Turn t) {
    Survey.begin(t, true);
  }

  @Override
  public void resume(Turn t) {
    if (t.s.ticket.promoted().isPresent()) {
      HookRun.begin(t, Phase.POST_HOOKS, HookPoint.POST_FAILOVER);
    } else {
      begin(t);
    }
  }

  @Override
  public void advance(Turn t) {
    if (t.s.phase == Phase.LOOKING && !Survey.isWaiting(t)) {
      act(t);
    } else if (t.s.phase == Phase.REPAIRING
        && t.s.inVain.isEmpty()
        && !t.isPending(Pending.Repair.class::isInstance)) {
      next(t);
    }
  }

  private static void act(Turn t) {
    Instance master = t.s.live.get(t.failed());
    if (master == null) {
      Closing.fail(t, t.failed() + " does not answer: " + Moving.silence(t, t.failed()));
      return;
    }
    SemiSyncPlan plan = planNow(t, master);
    plan.reasons()
        .forEach((replica, reason) -> {
          t.note(replica + ": " + reason);
          t.settle(replica, new ReplicaFate(ReplicaFate.Kind.KEPT, reason));
        });
    t.s.phase = Phase.REPAIRING;
    plan.masterSideOff()
        .forEach(replica ->
            t.perform(
                new Pending.Aside("Switching off the master side of semi-sync at " + replica),
                new ServerAction.SetSemiSyncMaster(replica, false),
                Patience.CHANGE));
    t.s.toSwitchOff.addAll(plan.off());
    plan.on().forEach(replica -> change(t, replica, true));
  }

  private static SemiSyncPlan planNow(Turn t, Instance master) {
    List<Instance> replicas = new ArrayList<>();
    for (Instance replica : t.s.circumstances.replicas()) {
      replicas.add(t.s.live.getOrDefault(replica.key(), replica));
    }
    SemiSyncPlan.Mode mode =
        modeOf(t.s.circumstances.failure(), t.policy()).orElse(SemiSyncPlan.Mode.ENOUGH);
    return SemiSyncPlan.of(
        master, replicas, Set.copyOf(t.s.silent.keySet()), t.s.circumstances.rules(), mode);
  }

  private static void change(Turn t, InstanceKey replica, boolean enabled) {
    t.perform(
        new Pending.Repair(replica),
        new ServerAction.SetSemiSyncReplica(replica, enabled),
        Patience.CHANGE);
  }

  /** All that were asked for are answered: switches others off, or ends. */
  private static void next(Turn t) {
    if (!t.s.repairErrors.isEmpty()) {
      // Those that are on too many are left on: the master must not be starved.
      Closing.fail(t, String.join("; ", t.s.repairErrors));
      return;
    }
    if (!t.s.toSwitchOff.isEmpty()) {
      List<InstanceKey> off = List.copyOf(t.s.toSwitchOff);
      t.s.toSwitchOff.clear();
      off.forEach(replica -> change(t, replica, false));
      return;
    }
    t.s.phase = Phase.SETTLING;
    t.commit(CommitKind.PROMOTED, List.of(t.succeeded(t.failed())), List.of());
  }

  @Override
  public void repaired(Turn t, Pending.Repair repair, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied applied -> {
        t.answered(repair.server(), applied.after());
        if (isOnInVain(applied.after())) {
          t.s.inVain.put(repair.server(), t.now);
          checkSoon(t);
        }
      }
      case ActionOutcome.NotApplied refused -> t.s.repairErrors.add(refused.reason());
      case ActionOutcome.Unknown unknown -> t.s.repairErrors.add(unknown.reason());
    }
  }

  /** It counts as connected a moment before it has said that it will acknowledge. */
  private static void checkSoon(Turn t) {
    if (!t.isWakePending(Pending.Alarm.REPAIR_CHECK)) {
      t.wake(Pending.Alarm.REPAIR_CHECK, Patience.RETRY);
    }
  }

  static void checkNow(Turn t) {
    t.s.inVain.keySet().stream()
        .filter(replica -> !t.isPending(p -> p.equals(new Pending.RepairCheck(replica))))
        .forEach(replica -> t.probe(new Pending.RepairCheck(replica), replica));
  }

  static void checked(Turn t, InstanceKey replica, Instance instance) {
    t.answered(replica, instance);
    if (isOnInVain(instance)) {
      again(t, replica, replica + " is switched on, is connected, and does not acknowledge");
    } else {
      t.s.inVain.remove(replica);
    }
  }

  static void checkFailed(Turn t, InstanceKey replica, String reason) {
    again(
        t, replica, replica + " is switched on, and did not acknowledge when last read: " + reason);
  }

  private static void again(Turn t, InstanceKey replica, String otherwise) {
    Instant since = t.s.inVain.getOrDefault(replica, Instant.EPOCH);
    if (t.now.isBefore(since.plus(Patience.ACKNOWLEDGING))) {
      checkSoon(t);
    } else {
      t.s.inVain.remove(replica);
      t.s.repairErrors.add(otherwise);
    }
  }

  private static boolean isOnInVain(Instance replica) {
    return replica.isReplicating()
        && replica.semiSync().replicaEnabled()
        && !replica.semiSync().replicaStatus();
  }

  @Override
  public void committed(Turn t, CommitKind kind) {
    if (kind == CommitKind.PROMOTED) {
      HookRun.begin(t, Phase.POST_HOOKS, HookPoint.POST_FAILOVER);
    }
  }
}
