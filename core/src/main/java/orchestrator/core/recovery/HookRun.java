package orchestrator.core.recovery;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.InstanceKey;

/**
 * Runs the operators' processes of a moment, one after the other.
 *
 * <p>Each is announced in the journal before it runs, and its end is written there. After a restart
 * one that was announced and did not end is run again: a process runs at least once, and learns
 * from {@code ORC_HOOK_REPEATED} that it may not be the first time.
 */
final class HookRun {
  private HookRun() {}

  static void begin(Turn t, Phase phase, HookPoint... points) {
    t.s.phase = phase;
    t.s.hookPoints.clear();
    t.s.hookPoints.addAll(List.of(points));
    t.s.hookIndex = 0;
    next(t);
  }

  private static void next(Turn t) {
    while (!t.s.hookPoints.isEmpty()) {
      HookPoint point = t.s.hookPoints.getFirst();
      while (t.s.hookIndex < entries(t).size() && t.s.ticket.hookHasEnded(point, t.s.hookIndex)) {
        t.s.hookIndex++;
      }
      if (t.s.hookIndex < entries(t).size()) {
        announce(t);
        return;
      }
      t.s.hookPoints.removeFirst();
      t.s.hookIndex = 0;
    }
    done(t);
  }

  private static List<String> entries(Turn t) {
    return t.s.ticket.origin().skipHooks()
        ? List.of()
        : t.policy().hooksAt(t.s.hookPoints.getFirst());
  }

  private static void announce(Turn t) {
    HookPoint point = t.s.hookPoints.getFirst();
    t.commit(
        CommitKind.HOOK_MARK,
        List.of(new JournalEntry.HookStarted(point, t.s.hookIndex, command(t).text())),
        List.of());
  }

  /** The announcement is committed. */
  static void run(Turn t) {
    HookPoint point = t.s.hookPoints.getFirst();
    int index = t.s.hookIndex;
    HookCommand command = command(t);
    long id = t.register(new Pending.Hook(point, index, command.asynchronous()));
    t.effects.add(
        new Effect.RunHook(
            id,
            point,
            index,
            command.text(),
            command.environment(),
            command.asynchronous(),
            t.policy().waits().hook()));
    if (command.asynchronous()) {
      t.s.hookIndex++;
      next(t);
    }
  }

  static void finished(Turn t, Pending.Hook hook, Event.HookFinished event) {
    t.record(
        new JournalEntry.HookFinished(
            hook.point(),
            hook.index(),
            event.successful(),
            event.duration().toMillis(),
            event.output()));
    t.s.processFailed |= !event.successful();
    if (hook.asynchronous()) {
      return;
    }
    if (!event.successful() && t.s.phase == Phase.PRE_HOOKS) {
      t.s.errors.add(
          hook.point().configurationKey()
              + " #"
              + hook.index()
              + " failed, so nothing was changed: "
              + event.output());
      t.s.releaseBlock = true;
      Closing.begin(t);
      return;
    }
    if (!event.successful() && t.s.phase == Phase.INTENDING) {
      Preparing.fencingFailed(
          t,
          "%s #%d failed: %s"
              .formatted(hook.point().configurationKey(), hook.index(), event.output()));
      if (t.s.phase != Phase.INTENDING) {
        return;
      }
    }
    t.s.hookIndex++;
    next(t);
  }

  private static void done(Turn t) {
    if (t.s.phase == Phase.PRE_HOOKS) {
      if (t.s.ticket.hookMayHaveRun(HookPoint.PRE_FAILOVER, 0)
          || t.s.ticket.hookMayHaveRun(HookPoint.PRE_GRACEFUL_TAKEOVER, 0)) {
        // Whoever goes on after us must know that they allowed it: servers are changed from here.
        t.commit(CommitKind.HOOKS_ENDED, List.of(), List.of());
      } else {
        t.flow().begin(t);
      }
    } else if (t.s.phase == Phase.INTENDING) {
      Preparing.fenced(t);
    } else if (t.isTakeover() && t.s.phase == Phase.POST_HOOKS && !t.s.takeover.lastHooks) {
      t.s.phase = Phase.TAKEOVER_ENDING;
    } else {
      Closing.begin(t);
    }
  }

  private static HookCommand command(Turn t) {
    String entry = entries(t).get(t.s.hookIndex);
    return HookCommand.of(entry, variables(t));
  }

  private static HookVariables variables(Turn t) {
    List<InstanceKey> lost =
        t.s.settled.entrySet().stream()
            .filter(e ->
                e.getValue().kind() == ReplicaFate.Kind.LOST
                    || e.getValue().kind() == ReplicaFate.Kind.UNREACHABLE)
            .map(Map.Entry::getKey)
            .toList();
    String current = RecoveryTicket.hookName(t.s.hookPoints.getFirst(), t.s.hookIndex);
    return HookVariables.of(
        t.s.circumstances.failure(),
        t.s.ticket.uid(),
        t.s.ticket.origin().command(),
        successor(t),
        lost,
        t.s.circumstances.node(),
        t.s.startedBefore.contains(current));
  }

  /** Before a takeover its target stands for the successor. */
  private static Optional<HookVariables.Successor> successor(Turn t) {
    Optional<InstanceKey> target =
        t.isTakeover() && t.s.phase == Phase.PRE_HOOKS
            ? t.s.ticket.origin().designated()
            : Optional.empty();
    return t.s
        .ticket
        .promoted()
        .or(() -> target)
        .map(key ->
            new HookVariables.Successor(
                key, t.s.ticket.promotedAlias(), t.s.ticket.promotedCoordinates()));
  }
}
