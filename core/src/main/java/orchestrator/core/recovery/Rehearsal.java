package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Plays a recovery against an imagined world: servers that answered their last probe do at once
 * what they are told, the others never answer, processes succeed, commits are accepted.
 */
final class Rehearsal {
  /** Far more than any recovery needs: a guard against a control that never ends. */
  private static final int MAX_EVENTS = 100_000;

  private final Circumstances circumstances;
  private final Map<InstanceKey, Instance> servers = new TreeMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private final Deque<Event> answers = new ArrayDeque<>();
  private final PriorityQueue<Effect.WakeAt> alarms =
      new PriorityQueue<>(
          Comparator.comparing(Effect.WakeAt::at).thenComparingLong(Effect.WakeAt::id));
  private Instant now;

  Rehearsal(Circumstances circumstances, Instant now) {
    this.circumstances = circumstances;
    this.now = now;
    circumstances.replicas().forEach(replica -> servers.put(replica.key(), replica));
    circumstances.surroundings().all().forEach(server -> servers.put(server.key(), server));
    servers.putAll(circumstances.surroundings().below());
    servers.put(circumstances.failedServer().key(), circumstances.failedServer());
  }

  /** Everything that the control asked for, in order. */
  List<Effect> effects() {
    return effects;
  }

  RecoveryState play(RecoveryTicket ticket) {
    RecoveryState state = take(RecoveryControl.start(ticket, circumstances, now));
    for (int i = 0; i < MAX_EVENTS && !state.isFinished(); i++) {
      state = take(RecoveryControl.proceed(state, nextEvent(), now));
    }
    if (!state.isFinished()) {
      throw new IllegalStateException("A rehearsed recovery does not end: " + state.phase());
    }
    return state;
  }

  private RecoveryState take(RecoveryControl.Decision decision) {
    for (Effect effect : decision.effects()) {
      effects.add(effect);
      answer(effect);
    }
    return decision.state();
  }

  private Event nextEvent() {
    Event answer = answers.poll();
    if (answer != null) {
      return answer;
    }
    Effect.WakeAt alarm = alarms.remove();
    now = alarm.at().isAfter(now) ? alarm.at() : now;
    return new Event.Woken(alarm.id());
  }

  private void answer(Effect effect) {
    switch (effect) {
      case Effect.Commit commit -> {
        List<CommandResult> results = new ArrayList<>();
        commit.commands().forEach(command -> results.add(new CommandResult.Done(0)));
        answers.add(new Event.Committed(commit.id(), results));
      }
      case Effect.Perform perform ->
          answers.add(new Event.ActionFinished(perform.id(), outcomeOf(perform)));
      case Effect.Probe probe -> answers.add(read(probe));
      case Effect.ReadLog read ->
          answers.add(new Event.LogRead(read.id(), Imagined.answer(read.question(), servers)));
      case Effect.RunHook hook ->
          answers.add(new Event.HookFinished(hook.id(), true, Duration.ZERO, ""));
      case Effect.WakeAt alarm -> alarms.add(alarm);
      case Effect.Finished ignored -> {}
    }
  }

  private ActionOutcome outcomeOf(Effect.Perform perform) {
    InstanceKey key = perform.action().target();
    Instance server = servers.get(key);
    if (server == null || !server.isLastCheckValid()) {
      return new ActionOutcome.NotApplied(key + " did not answer its last probe");
    }
    Instance after = Imagined.after(perform.action(), server, servers);
    servers.put(key, after);
    return new ActionOutcome.Applied(after);
  }

  private Event read(Effect.Probe probe) {
    Instance server = servers.get(probe.key());
    if (server == null || !server.isLastCheckValid()) {
      return new Event.ProbeFailed(probe.id(), probe.key() + " did not answer its last probe");
    }
    Instance later = Imagined.later(server, servers);
    servers.put(probe.key(), later);
    return new Event.Probed(probe.id(), later);
  }
}
