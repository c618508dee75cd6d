package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Carries over the replicas of a dead server that was no master: an intermediate master, or a
 * member of a replication group. All servers around it are read, and each replica gets another
 * source. No server is made writable, so nothing has to be committed first: whoever goes on after a
 * restart reads the servers, and finds who was moved already.
 */
final class RelocationFlow implements Flow {
  static final RelocationFlow INSTANCE = new RelocationFlow();

  private RelocationFlow() {}

  @Override
  public void begin(Turn t) {
    List<InstanceKey> servers = new ArrayList<>(t.s.replicas());
    t.s.circumstances.surroundings().all().forEach(server -> servers.add(server.key()));
    Survey.begin(t, servers);
  }

  @Override
  public void resume(Turn t) {
    if (t.s.ticket.promoted().isPresent() || !t.s.settled.isEmpty()) {
      begin(t);
    } else {
      HookRun.begin(t, Phase.PRE_HOOKS, before());
    }
  }

  static void surveyed(Turn t, Pending.Survey survey, Instance instance) {
    if (survey.round() == t.s.round) {
      t.answered(survey.server(), instance);
      Relocating.pump(t);
    }
  }

  static void surveyFailed(Turn t, Pending.Survey survey, String reason) {
    if (survey.round() == t.s.round) {
      t.isSilent(survey.server(), reason);
      Relocating.pump(t);
    }
  }

  @Override
  public void advance(Turn t) {
    if (t.s.phase == Phase.LOOKING && !Survey.isWaiting(t)) {
      looked(t);
    } else if (t.s.phase == Phase.RELOCATING) {
      Relocating.pump(t);
      conclude(t);
    }
  }

  private static void looked(Turn t) {
    t.s.considerations = new SourceChoice(t.s).considerations();
    t.s.considerations.forEach(c -> t.note(c.displayString()));
    t.s.phase = Phase.RELOCATING;
  }

  /** Goes on to the processes that tell others, once it is known how it ends. */
  private static void conclude(Turn t) {
    if (!Moving.promptOnesAreDone(t) || isStillAwaited(t)) {
      return;
    }
    Optional<InstanceKey> successor = successor(t);
    if (successor.isPresent()) {
      t.s.phase = Phase.SETTLING;
      t.commit(CommitKind.PROMOTED, success(t, successor.get()), List.of());
    } else if (Moving.areDone(t)) {
      Closing.fail(t, "No replica of " + t.failed() + " could be given another source");
    }
  }

  private static boolean isStillAwaited(Turn t) {
    return t.isPending(
        p -> p instanceof Pending.Survey survey && t.s.ticket.fates().containsKey(survey.server()));
  }

  /** After a restart it may have been said already. */
  private static List<JournalEntry> success(Turn t, InstanceKey successor) {
    return t.s.ticket.promoted().isPresent() ? List.of() : List.of(t.succeeded(successor));
  }

  /** The server that most replicas were moved below, not counting those below one another. */
  private static Optional<InstanceKey> successor(Turn t) {
    Map<InstanceKey, Long> taken = new TreeMap<>();
    t.s.settled.forEach((replica, fate) -> {
      Instance instance = t.s.live.get(replica);
      if (fate.kind() == ReplicaFate.Kind.MOVED && instance != null) {
        instance.sourceKey().ifPresent(source -> taken.merge(source, 1L, Long::sum));
      }
    });
    return t.s
        .ticket
        .promoted()
        .or(() ->
            taken.entrySet().stream()
                .max(
                    Map.Entry.<InstanceKey, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey));
  }

  @Override
  public void committed(Turn t, CommitKind kind) {
    switch (kind) {
      case PROMOTED ->
          HookRun.begin(
              t,
              Phase.POST_HOOKS,
              HookPoint.POST_INTERMEDIATE_MASTER_FAILOVER,
              HookPoint.POST_FAILOVER);
      case NOTES, HOOK_MARK, HOOKS_ENDED, INTEND, ABANDON, HOLD, REOPEN, CLOSE -> {}
    }
  }
}
