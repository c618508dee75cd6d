package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/** Plays the control on servers that oblige, but for what a test says. */
final class Stage {
  private final Map<InstanceKey, Instance> servers = new TreeMap<>();
  private final Set<InstanceKey> silent = new HashSet<>();
  private final Map<InstanceKey, Duration> slow = new HashMap<>();
  private final Map<Class<? extends Effect>, Function<Effect, Optional<Event>>> special =
      new HashMap<>();
  private final Deque<Event> answers = new ArrayDeque<>();
  private final PriorityQueue<Effect.WakeAt> alarms =
      new PriorityQueue<>(
          Comparator.comparing(Effect.WakeAt::at).thenComparingLong(Effect.WakeAt::id));

  /** Everything that was asked for, in order. */
  final List<Effect> effects = new ArrayList<>();

  final Map<Effect, Instant> asked = new HashMap<>();
  private final TopologyBuilder builder;
  Circumstances circumstances;
  Instant now = TopologyBuilder.NOW;
  RecoveryTicket ticket;
  private Instant wayAsked = Instant.MAX;
  private Instant agreedAt = Instant.MAX;
  private ReplicatedState agreedLater = ReplicatedState.EMPTY;
  private int lifetime = Integer.MAX_VALUE;
  private Optional<Duration> hesitation = Optional.empty();
  private Optional<InstanceKey> victim = Optional.empty();
  private int victimLifetime = Integer.MAX_VALUE;

  private static final ActingNode MANAGER = new ActingNode("manager", "manager.example", 3);

  Stage(TopologyBuilder builder, RecoveryPolicy policy, RecoveryOrigin origin) {
    this(builder, "m", "DeadMaster", policy, origin, ReplicatedState.EMPTY);
  }

  /**
   * @param failed the server that the diagnosis is about
   */
  Stage(
      TopologyBuilder builder,
      String failed,
      String analysis,
      RecoveryPolicy policy,
      RecoveryOrigin origin,
      ReplicatedState state) {
    this.builder = builder;
    var topology = builder.build();
    topology.instances().forEach(server -> servers.put(server.key(), server));
    circumstances =
        Circumstances.of(
            failureOf(topology, TopologyBuilder.key(failed), analysis),
            topology,
            state,
            policy,
            Map.of(),
            MANAGER,
            now);
    ticket = RecoveryPlanner.openTicket(circumstances, origin, "1:x", 0, now);
  }

  private static FailureCase failureOf(Topology topology, InstanceKey failed, String analysis) {
    return new FailureCase(
        failed,
        analysis,
        "It is dead",
        "m:3306",
        "main",
        "",
        "master",
        topology.replicasOf(failed).stream().map(Instance::key).toList(),
        false,
        true,
        true,
        true,
        "seen by all");
  }

  /** Its answers never come in time. */
  Stage silent(String server) {
    silent.add(TopologyBuilder.key(server));
    return this;
  }

  /** It needs this long to stop fetching. */
  Stage slow(String server, Duration wait) {
    slow.put(TopologyBuilder.key(server), wait);
    return this;
  }

  /** It is downtimed. */
  Stage downtimed(String server) {
    circumstances =
        new Circumstances(
            circumstances.failure(),
            circumstances.failedServer(),
            circumstances.replicas(),
            circumstances.rules(),
            Set.of(TopologyBuilder.key(server)),
            circumstances.addresses(),
            circumstances.node(),
            circumstances.policy());
    return this;
  }

  /** It has changed since the recovery began. */
  Stage change(String server, Consumer<InstanceBuilder> how) {
    InstanceBuilder changed = builder.server(server);
    how.accept(changed);
    servers.put(TopologyBuilder.key(server), changed.build());
    return this;
  }

  boolean isSilent(InstanceKey server) {
    return silent.contains(server);
  }

  /** Servers that answer, and take writes. */
  List<InstanceKey> writable() {
    return servers.values().stream()
        .filter(server -> !server.readOnly() && !silent.contains(server.key()))
        .map(Instance::key)
        .toList();
  }

  /** The server as it is now. */
  Instance server(String name) {
    return Optional.ofNullable(servers.get(TopologyBuilder.key(name))).orElseThrow();
  }

  /** Answers effects of this kind as told; empty for as usual, or as told before. */
  Stage answering(Class<? extends Effect> kind, Function<Effect, Optional<Event>> how) {
    special.merge(kind, how, (before, after) -> e -> after.apply(e).or(() -> before.apply(e)));
    return this;
  }

  /** What all managers agree on changes then, and that server answers again. */
  Stage agreedAfter(Duration wait, ReplicatedState agreed, String back) {
    agreedAt = now.plus(wait);
    agreedLater = agreed;
    return answering(
        Effect.Probe.class,
        effect -> {
          if (!now.isBefore(agreedAt)) {
            silent.remove(TopologyBuilder.key(back));
          }
          return Optional.empty();
        });
  }

  /** A person asks for another recovery of the same server then. */
  Stage asked(Duration after) {
    wayAsked = now.plus(after);
    return this;
  }

  /** The manager dies when it has asked for so many effects, and has played but the last one. */
  Stage managerDying(int afterEffects) {
    lifetime = afterEffects;
    return this;
  }

  /**
   * Servers do what they are told only after a moment: it is lost with the manager that told them.
   */
  Stage hesitating() {
    hesitation = Optional.of(Duration.ofMillis(50));
    return this;
  }

  /** A server dies when so many effects were asked for, before the last one is played. */
  Stage serverDying(String server, int afterEffects) {
    victim = Optional.of(TopologyBuilder.key(server));
    victimLifetime = afterEffects;
    return this;
  }

  /** Another manager knows the failed server as it is now. */
  Stage seenByAnother() {
    circumstances =
        new Circumstances(
            circumstances.failure(),
            Optional.ofNullable(servers.get(circumstances.failedServer().key())).orElseThrow(),
            circumstances.replicas(),
            circumstances.rules(),
            circumstances.downtimed(),
            circumstances.addresses(),
            circumstances.node(),
            circumstances.policy());
    return this;
  }

  boolean managerDied() {
    return effects.size() >= lifetime;
  }

  Stage start() {
    return run(RecoveryControl.start(ticket, circumstances, now));
  }

  /** A run after {@link #start} is that of another manager: no answer is for it. */
  Stage resume() {
    answers.clear();
    alarms.clear();
    timeouts.clear();
    lifetime = Integer.MAX_VALUE;
    return run(RecoveryControl.resume(ticket, circumstances, now));
  }

  private Stage run(RecoveryControl.Decision first) {
    RecoveryState state = take(first);
    for (int i = 0; i < 10_000 && !state.isFinished() && !managerDied(); i++) {
      Event event = next();
      ReplicatedState agreed = now.isBefore(agreedAt) ? ReplicatedState.EMPTY : agreedLater;
      state = take(RecoveryControl.step(state, event, agreed, now));
      if (!now.isBefore(wayAsked)) {
        wayAsked = Instant.MAX;
        state = take(RecoveryControl.giveWay(state, now));
      }
    }
    ticket = state.ticket();
    return this;
  }

  private RecoveryState take(RecoveryControl.Decision decision) {
    for (Effect effect : decision.effects()) {
      effects.add(effect);
      asked.put(effect, now);
      if (managerDied()) {
        break;
      }
      if (effects.size() >= victimLifetime) {
        victim.ifPresent(silent::add);
      }
      if (effect instanceof Effect.WakeAt alarm) {
        alarms.add(alarm);
      } else if (!(effect instanceof Effect.Finished)) {
        answer(effect);
      }
    }
    return decision.state();
  }

  private Event next() {
    if (!answers.isEmpty()) {
      return answers.remove();
    }
    Effect.WakeAt alarm = alarms.remove();
    now = alarm.at().isAfter(now) ? alarm.at() : now;
    Optional<Event> late = Optional.ofNullable(timeouts.remove(alarm)).map(Supplier::get);
    return late.orElseGet(() -> new Event.Woken(alarm.id()));
  }

  private final Map<Effect.WakeAt, Supplier<Event>> timeouts = new HashMap<>();

  /** The event comes then, whatever else happens meanwhile. */
  void after(Duration wait, Event event) {
    after(wait, event.effectId(), () -> event);
  }

  private void after(Duration wait, long id, Supplier<Event> event) {
    Effect.WakeAt alarm = new Effect.WakeAt(id, now.plus(wait));
    timeouts.put(alarm, event);
    alarms.add(alarm);
  }

  private void answer(Effect effect) {
    Optional<Event> told =
        special.getOrDefault(effect.getClass(), e -> Optional.empty()).apply(effect);
    if (told.isPresent()) {
      answers.add(told.get());
      return;
    }
    switch (effect) {
      case Effect.Commit commit -> {
        List<CommandResult> done = new ArrayList<>();
        commit.commands().forEach(command -> done.add(new CommandResult.Done(0)));
        answers.add(new Event.Committed(commit.id(), done));
      }
      case Effect.Perform perform -> perform(perform);
      case Effect.Probe probe -> probe(probe);
      case Effect.ReadLog read ->
          answers.add(new Event.LogRead(read.id(), Imagined.answer(read.question(), servers)));
      case Effect.RunHook hook ->
          answers.add(new Event.HookFinished(hook.id(), true, Duration.ZERO, "fine"));
      case Effect.WakeAt ignored -> {}
      case Effect.Finished ignored -> {}
    }
  }

  private void perform(Effect.Perform perform) {
    InstanceKey key = perform.action().target();
    Instance server = servers.get(key);
    if (server == null || silent.contains(key)) {
      after(
          perform.timeout(),
          new Event.ActionFinished(perform.id(), new ActionOutcome.Unknown(key + " is silent")));
      return;
    }
    if (hesitation.isPresent()) {
      after(
          hesitation.get(),
          perform.id(),
          () ->
              new Event.ActionFinished(
                  perform.id(), new ActionOutcome.Applied(apply(perform.action()))));
      return;
    }
    Instance after = apply(perform.action());
    Event applied = new Event.ActionFinished(perform.id(), new ActionOutcome.Applied(after));
    if (perform.action() instanceof ServerAction.StopIoThread && slow.containsKey(key)) {
      after(slow.getOrDefault(key, Duration.ZERO), applied);
    } else {
      answers.add(applied);
    }
  }

  /** Does what the server was told, although a test answers for it. */
  Instance apply(ServerAction action) {
    InstanceKey key = action.target();
    Instance after = after(action, servers.getOrDefault(key, Instance.unseen(key)));
    servers.put(key, after);
    return after;
  }

  /** A source that is silent cannot be reached by replicas either. */
  private Instance after(ServerAction action, Instance server) {
    Instance after = Imagined.after(action, server, servers);
    return action instanceof ServerAction.ChangeSource change && silent.contains(change.source())
        ? Failing.toConnect(after)
        : after;
  }

  private void probe(Effect.Probe probe) {
    Instance server = servers.get(probe.key());
    if (server == null || silent.contains(probe.key())) {
      after(probe.timeout(), new Event.ProbeFailed(probe.id(), probe.key() + " is silent"));
      return;
    }
    boolean cut = server.sourceKey().filter(silent::contains).isPresent();
    Instance later = cut ? server : Imagined.later(server, servers);
    servers.put(probe.key(), later);
    answers.add(new Event.Probed(probe.id(), later));
  }

  // What a test asks afterwards

  Stream<ServerAction> actions() {
    return effects.stream()
        .filter(Effect.Perform.class::isInstance)
        .map(effect -> ((Effect.Perform) effect).action());
  }

  Stream<Effect.RunHook> hooks() {
    return effects.stream()
        .filter(Effect.RunHook.class::isInstance)
        .map(Effect.RunHook.class::cast);
  }

  Stream<Command> commands() {
    return effects.stream()
        .filter(Effect.Commit.class::isInstance)
        .flatMap(effect -> ((Effect.Commit) effect).commands().stream());
  }

  Stream<JournalEntry> journal() {
    return commands()
        .filter(Command.Journal.class::isInstance)
        .flatMap(command -> ((Command.Journal) command).entries().stream());
  }

  Effect.Finished end() {
    return (Effect.Finished) effects.getLast();
  }

  /** How long after the beginning the action was asked for. */
  Duration momentOf(ServerAction action) {
    Effect effect =
        effects.stream()
            .filter(e -> e instanceof Effect.Perform perform && perform.action().equals(action))
            .findFirst()
            .orElseThrow();
    return Duration.between(TopologyBuilder.NOW, asked.getOrDefault(effect, Instant.MAX));
  }
}
