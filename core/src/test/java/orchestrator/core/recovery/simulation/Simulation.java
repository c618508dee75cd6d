package orchestrator.core.recovery.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.ActingNode;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.DemotedMasterWatch;
import orchestrator.core.recovery.Effect;
import orchestrator.core.recovery.Event;
import orchestrator.core.recovery.RecoveryControl;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.recovery.RecoveryState;
import orchestrator.core.recovery.SafetyPolicy;
import orchestrator.core.recovery.simulation.History.Fact;
import orchestrator.core.recovery.simulation.History.FinalServer;
import orchestrator.core.recovery.simulation.SimulatedServer.Health;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/** Plays the effects of the control of one recovery, in a world that is not always kind. */
final class Simulation {
  private static final DemotedMasterWatch.Rules WATCH =
      new DemotedMasterWatch.Rules(false, SafetyPolicy.DEFAULT, CanReplicate.Policy.DEFAULT);

  /** Decides about the faults of a run. */
  @FunctionalInterface
  interface Faults {
    /**
     * @param index counts the effects of all managers of the run, from 0
     */
    Fault of(Effect effect, int index);
  }

  /**
   * A commit that is applied after its answer was given up.
   *
   * @param who submitted it, and so in which term it stands in the log
   */
  private record Late(int who, Effect.Commit commit) {}

  private static final String UID = "1:simulated";

  /** No recovery takes longer, but those that may wait for relay logs for a day. */
  private static final long TIME_ALLOWED = Duration.ofMinutes(30).toMillis();

  private static final int EFFECTS_ALLOWED = 100_000;

  /** Milliseconds: more than a takeover without faults needs. */
  private static final long LOAD_ENDS = 5_000;

  private final Scenario scenario;
  private final Random random;
  private final Faults faults;
  private final SimulatedClock clock = new SimulatedClock();
  private final History history;
  private final SimulatedServers servers;
  private final Circumstances circumstances;
  private final Map<InstanceKey, OracleGtidSet> complete;
  private ReplicatedState state = ReplicatedState.EMPTY;
  private Optional<RecoveryState> control = Optional.empty();
  private Optional<Late> late = Optional.empty();
  private int manager;
  private long logIndex;
  private int effects;

  private Simulation(Scenario scenario, Random random, Faults faults) {
    this.scenario = scenario;
    this.random = random;
    this.faults = faults;
    this.history = new History(Scenario.MASTER, scenario.replicas);
    this.servers = new SimulatedServers(scenario, clock, random, history);
    this.circumstances = scenario.circumstances();
    this.complete = scenario.completeCandidates();
  }

  static History run(Scenario scenario, Random random, Faults faults) {
    Simulation simulation = new Simulation(scenario, random, faults);
    simulation.run();
    return simulation.history;
  }

  /** How many effects the control asks for when nothing goes wrong. */
  static int effectsOf(Scenario scenario) {
    Simulation simulation = new Simulation(scenario, new Random(0), (effect, index) -> Fault.NONE);
    simulation.run();
    return simulation.effects;
  }

  private void run() {
    RecoveryTicket ticket =
        RecoveryPlanner.openTicket(circumstances, scenario.origin, UID, 0, clock.instant());
    state = StateMachine.apply(state, new Command.OpenRecovery(ticket), position(manager)).next();
    RecoveryTicket opened = ticket().orElseThrow();
    clock.after(0, () -> take(RecoveryControl.start(opened, present(), clock.instant())));
    SimulatedServer master = scenario.server(Scenario.MASTER);
    clock.after(
        200 + random.nextInt(60_000),
        () -> {
          servers.restart(master, true);
          servers.thaw(master);
        });
    clock.after(1000, this::watch);
    if (scenario.load) {
      clock.after(1, this::write);
    }
    while (isOpen() && effects < EFFECTS_ALLOWED && clock.runNext(TIME_ALLOWED)) {
      // Time passes.
    }
    history.ended = !isOpen();
    long end = clock.now();
    while (clock.runNext(Math.max(end, 60_000) + 5000) && effects < EFFECTS_ALLOWED) {
      // Stragglers arrive, the old master comes back, and the watch looks at it.
    }
    conclude();
  }

  /** Each manager leads in a term of its own. */
  private LogPosition position(int who) {
    return new LogPosition(Scenario.TERM + who, ++logIndex);
  }

  /** What the present manager knew when the recovery began. */
  private Circumstances present() {
    return new Circumstances(
        circumstances.failure(),
        circumstances.failedServer(),
        circumstances.replicas(),
        circumstances.rules(),
        circumstances.downtimed(),
        circumstances.addresses(),
        new ActingNode("manager" + manager, "manager.example", Scenario.TERM + manager),
        circumstances.policy());
  }

  private Optional<RecoveryTicket> ticket() {
    return Optional.ofNullable(state.recoveries().get(UID));
  }

  private boolean isOpen() {
    return ticket().filter(RecoveryTicket::isOpen).isPresent() || control.isPresent();
  }

  // Managers

  private void take(RecoveryControl.Decision decision) {
    control = Optional.of(decision.state());
    int who = manager;
    for (Effect effect : decision.effects()) {
      Fault fault = faults.of(effect, effects++);
      if (fault == Fault.MANAGER_DIES_BEFORE) {
        die();
      }
      if (who == manager) {
        play(effect, fault);
      }
      if (fault == Fault.MANAGER_DIES_AFTER) {
        die();
      }
    }
  }

  private void die() {
    history.add(new Fact.ManagerDied());
    replaceManager();
  }

  private void replaceManager() {
    manager++;
    control = Optional.empty();
    clock.after(
        50 + random.nextInt(3000),
        () -> {
          if (random.nextBoolean()) {
            applyLate();
          }
          late = Optional.empty();
          if (control.isEmpty() && ticket().filter(RecoveryTicket::isOpen).isPresent()) {
            history.add(new Fact.ManagerBack());
            resume();
          }
        });
  }

  private void resume() {
    JournalEntry resumed =
        new JournalEntry.Resumed(present().node().name(), present().node().term());
    Command journal =
        new Command.Journal(UID, List.of(resumed), clock.instant(), present().node().term());
    state = StateMachine.apply(state, journal, position(manager)).next();
    take(RecoveryControl.resume(ticket().orElseThrow(), present(), clock.instant()));
  }

  /** An answer for the manager that asked, if it still lives. */
  private void answer(int who, Event event) {
    if (who == manager && control.isPresent()) {
      take(RecoveryControl.step(control.get(), event, clock.instant()));
    }
  }

  // Effects

  private void play(Effect effect, Fault fault) {
    int who = manager;
    switch (effect) {
      case Effect.Commit commit -> commit(who, commit, fault);
      case Effect.Perform perform ->
          servers.perform(
              perform.action(),
              perform.timeout().toMillis(),
              fault,
              outcome -> answer(who, new Event.ActionFinished(perform.id(), outcome)));
      case Effect.Probe probe ->
          servers.probe(
              probe.key(),
              probe.timeout().toMillis(),
              fault,
              instance -> answer(who, new Event.Probed(probe.id(), instance)),
              reason -> answer(who, new Event.ProbeFailed(probe.id(), reason)));
      case Effect.ReadLog read ->
          clock.after(
              1,
              () ->
                  answer(
                      who,
                      new Event.LogRead(
                          read.id(), read.question().unanswered("it is simulated without a log"))));
      case Effect.RunHook hook -> runHook(who, hook, fault);
      case Effect.WakeAt alarm ->
          clock.after(
              Duration.between(clock.instant(), alarm.at()).toMillis(),
              () -> answer(who, new Event.Woken(alarm.id())));
      case Effect.Finished finished -> {
        control = Optional.empty();
        if (!finished.closed()) {
          replaceManager();
        }
      }
    }
  }

  private void commit(int who, Effect.Commit commit, Fault fault) {
    long delay = 1L + random.nextInt(10);
    switch (fault) {
      case REFUSED ->
          clock.after(
              delay, () -> answer(who, new Event.CommitRejected(commit.id(), "not the leader")));
      case REQUEST_LOST -> unknown(who, commit, 5000);
      case ANSWER_LOST -> {
        clock.after(delay, () -> apply(who, commit));
        unknown(who, commit, 5000);
      }
      case DONE_LATER -> {
        late = Optional.of(new Late(who, commit));
        clock.after(5000L + random.nextInt(400), this::applyLate);
        unknown(who, commit, 5000);
      }
      default ->
          clock.after(
              delay, () -> answer(who, new Event.Committed(commit.id(), apply(who, commit))));
    }
  }

  /**
   * Before the next manager is ready, as with any consensus: an entry of a former one comes first.
   */
  private void applyLate() {
    late.ifPresent(entry -> apply(entry.who(), entry.commit()));
    late = Optional.empty();
  }

  private void unknown(int who, Effect.Commit commit, long after) {
    clock.after(after, () -> answer(who, new Event.CommitUnknown(commit.id(), "timed out")));
  }

  private List<CommandResult> apply(int who, Effect.Commit commit) {
    StateMachine.AppliedAll applied =
        StateMachine.applyAll(state, commit.commands(), position(who));
    state = applied.next();
    for (int i = 0; i < commit.commands().size(); i++) {
      if (applied.results().get(i) instanceof CommandResult.Refused refused) {
        history.add(new Fact.Refused(refused.reason()));
      } else if (commit.commands().get(i) instanceof Command.Journal journal) {
        journal.entries().forEach(entry -> history.add(new Fact.Journaled(entry)));
      }
    }
    return applied.results();
  }

  private void runHook(int who, Effect.RunHook hook, Fault fault) {
    history.add(new Fact.HookRan(hook.point(), hook.index()));
    boolean hangs = fault == Fault.REQUEST_LOST;
    boolean fails = hangs || fault == Fault.REFUSED;
    long millis = hangs ? hook.timeout().toMillis() : 5 + random.nextInt(100);
    clock.after(
        millis,
        () ->
            answer(
                who,
                new Event.HookFinished(
                    hook.id(), !fails, Duration.ofMillis(millis), fails ? "failed" : "")));
  }

  /** Every client is told at once when its transaction is committed. */
  private void write() {
    if (clock.now() < LOAD_ENDS) {
      clock.after(7, this::write);
    }
    for (SimulatedServer server : scenario.servers.values()) {
      if (server.health == Health.WELL && !server.readOnly) {
        server.advance(clock.now(), scenario.servers, 0);
        long next = server.executed.lastNumber(server.uuid, "") + 1;
        server.executed = server.executed.plus(server.uuid, "", next, next);
        history.acknowledged = history.acknowledged.plus(server.uuid, "", next, next);
      }
    }
  }

  // The old master

  private void watch() {
    clock.after(1000, this::watch);
    SimulatedServer master = scenario.server(Scenario.MASTER);
    DemotedMaster demoted = state.demoted().get(Scenario.MASTER);
    if (demoted == null || master.health != Health.WELL) {
      return;
    }
    DemotedMasterWatch.Verdict verdict =
        DemotedMasterWatch.judge(
            demoted,
            servers.read(master),
            Topology.of(List.of(servers.read(scenario.server(demoted.successor())))),
            state,
            WATCH,
            clock.instant());
    for (ServerAction action : verdict.actions()) {
      master.execute(action, clock.now());
    }
    state = StateMachine.applyAll(state, verdict.commands(), position(manager)).next();
  }

  private void conclude() {
    scenario.servers.forEach((key, server) -> {
      server.advance(clock.now(), scenario.servers, 0);
      history.servers.put(
          key,
          new FinalServer(
              server.health == Health.WELL,
              server.readOnly,
              server.source,
              servers.disturbed.contains(key)));
      history.executed.put(key, server.executed);
    });
    history.state = state;
    history.ticket = ticket();
    complete.forEach((key, set) -> {
      if (!servers.disturbed.contains(key)) {
        history.mustSurvive = set;
      }
    });
  }
}
