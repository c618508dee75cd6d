package orchestrator.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import orchestrator.core.analysis.Analysis;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.StaleCoordinates;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.Consideration;
import orchestrator.core.recovery.Explanation;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.recovery.Step;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Health;
import orchestrator.server.engine.History;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;
import orchestrator.server.engine.RecoveryRequest;
import orchestrator.server.engine.Requester;
import orchestrator.server.engine.World;

/** Operations on a world in memory. Remembers what it was asked to do. */
final class FakeOperations implements Operations {
  static final NodeInfo NODE =
      new NodeInfo(
          "manager-1", "manager-1", "a".repeat(64), "1.0.0", "sqlite", TopologyBuilder.NOW);

  /** What was asked for, in words. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Under which id each of these was to be committed. */
  final List<Optional<String>> commandIds = new CopyOnWriteArrayList<>();

  final FakeHistory history = new FakeHistory();
  private volatile Topology topology;
  private volatile ReplicatedState state = ReplicatedState.EMPTY;
  volatile Optional<Failure> failure = Optional.empty();
  volatile boolean leading = true;

  /** Present: what is submitted has an unknown outcome, under this id. */
  volatile Optional<String> unknownCommand = Optional.empty();

  volatile Optional<String> illness = Optional.empty();
  volatile boolean broken = false;

  /** What becomes of a takeover. */
  volatile UnaryOperator<RecoveryTicket> takenOver = ticket -> ticket;

  /** Runs within everything that is asked for. */
  volatile Runnable delay = () -> {};

  FakeOperations(Topology topology) {
    this.topology = topology;
  }

  /** Applies a command as if somebody else had asked for it. */
  FakeOperations with(Command command) {
    state = StateMachine.apply(state, command, LogPosition.NONE).next();
    return this;
  }

  ReplicatedState state() {
    return state;
  }

  /** The downtime of a server that must have one. */
  Downtime downtime(String server) {
    return Optional.ofNullable(state.downtimes().get(TopologyBuilder.key(server))).orElseThrow();
  }

  void topology(Topology next) {
    topology = next;
  }

  @Override
  public World world() {
    if (broken) {
      throw new IllegalStateException("the world is <broken>");
    }
    Instant now = TopologyBuilder.NOW;
    return new World(
        now,
        NODE,
        topology,
        state,
        Analysis.of(topology, state, StaleCoordinates.NONE, AnalysisPolicy.DEFAULT, now));
  }

  @Override
  public History history() {
    return history;
  }

  @Override
  public Health health() {
    return new Health(NODE, Optional.of(NODE), List.of(NODE), leading, illness);
  }

  private <T> Outcome<T> answer(String what, Requester by, T value) {
    asked.add(what + " by " + by.name());
    commandIds.add(by.commandId());
    delay.run();
    return failure
        .map(kind -> Outcome.<T>failed(kind, "It fails as asked"))
        .orElseGet(() -> Outcome.ok(value));
  }

  @Override
  public Outcome<Optional<Instance>> discover(InstanceKey key, Requester by) {
    return answer("discover " + key, by, topology.find(key));
  }

  @Override
  public Outcome<InstanceKey> discoverLater(InstanceKey key, Requester by) {
    return answer("discover later " + key, by, key);
  }

  @Override
  public Outcome<Instance> refresh(InstanceKey key, Requester by) {
    return answer("refresh " + key, by, topology.find(key).orElseThrow());
  }

  @Override
  public Outcome<InstanceKey> forget(InstanceKey key, Requester by) {
    return answer("forget " + key, by, key);
  }

  @Override
  public Outcome<List<InstanceKey>> forgetCluster(String clusterName, Requester by) {
    return answer("forget cluster " + clusterName, by, List.of());
  }

  @Override
  public Outcome<CommandResult.Done> submit(Command command, Requester by) {
    if (unknownCommand.isPresent()) {
      return Outcome.unknown("Perhaps", unknownCommand);
    }
    StateMachine.Applied applied = StateMachine.apply(state, command, LogPosition.NONE);
    return switch (applied.result()) {
      case CommandResult.Refused(String reason) -> Outcome.failed(Failure.CONFLICT, reason);
      case CommandResult.Done done -> {
        Outcome<CommandResult.Done> outcome = answer(command.getClass().getSimpleName(), by, done);
        if (outcome instanceof Outcome.Ok<CommandResult.Done>) {
          state = applied.next();
        }
        yield outcome;
      }
    };
  }

  @Override
  public Outcome<Instance> perform(ServerAction action, Requester by) {
    return answer(
        action.getClass().getSimpleName() + " " + action.target(),
        by,
        topology.find(action.target()).orElseThrow());
  }

  @Override
  public Outcome<RecoveryTicket> recover(
      InstanceKey failed, Optional<InstanceKey> candidate, boolean skipHooks, Requester by) {
    return answer(
        "recover "
            + failed
            + candidate.map(c -> " with " + c).orElse("")
            + (skipHooks ? " without hooks" : ""),
        by,
        ticket("7", failed, candidate.or(() -> Optional.of(TopologyBuilder.key("r1")))));
  }

  @Override
  public Outcome<RecoveryTicket> forceMasterFailover(
      String clusterName, Optional<InstanceKey> designated, Requester by) {
    return answer(
        "fail over " + clusterName + designated.map(d -> " to " + d).orElse(""),
        by,
        ticket(
            "8",
            TopologyBuilder.key("m"),
            designated.or(() -> Optional.of(TopologyBuilder.key("r1")))));
  }

  @Override
  public Outcome<RecoveryTicket> takeOver(
      String clusterName, Optional<InstanceKey> designated, boolean auto, Requester by) {
    return answer(
        "take over " + clusterName + designated.map(d -> " to " + d).orElse("") + " " + auto,
        by,
        takenOver.apply(
            ticket(
                "9",
                TopologyBuilder.key("m"),
                designated.or(() -> Optional.of(TopologyBuilder.key("r1"))))));
  }

  @Override
  public Outcome<RecoveryPlan> plan(RecoveryRequest request) {
    asked.add("plan " + request);
    return recoveryPlan(TopologyBuilder.key("m"));
  }

  @Override
  public Outcome<RecoveryPlan> recoveryPlan(InstanceKey failed) {
    InstanceKey successor = TopologyBuilder.key("r1.example");
    FailureCase failure =
        new FailureCase(
            failed,
            "DeadMaster",
            "Master cannot be reached",
            failed.displayString(),
            "main",
            "",
            "master",
            List.of(successor),
            false,
            false,
            false,
            true,
            "dry run");
    RecoveryPlan plan =
        new RecoveryPlan(
            failure,
            List.of(new Gate("cluster filter", false, true, "not in the filters")),
            List.of(new Consideration(successor, true, List.of("prefer"), Optional.empty(), 0)),
            Optional.of(successor),
            LossReport.UNKNOWN,
            Map.of(successor, new ReplicaFate(ReplicaFate.Kind.PROMOTED, "")),
            List.of(
                new Step.Change(new ServerAction.StopReplication(successor), "it answers"),
                new Step.RunProcess(HookPoint.PRE_FAILOVER, 0, "echo", false),
                new Step.Agree(
                    List.of(new JournalEntry.PromotionIntended(successor)),
                    List.of(new Command.MoveCluster("a", "b")))),
            List.of(new Command.PutKeyValue("mysql/master/main", "r1.example:3306")),
            List.of());
    return Outcome.ok(plan);
  }

  @Override
  public Outcome<Instance> reattachDemotedMaster(InstanceKey key, Requester by) {
    return answer("reattach " + key, by, topology.find(key).orElseThrow());
  }

  @Override
  public Outcome<Explanation> explain(InstanceKey server) {
    Gate gate = new Gate("leader", false, false, "this manager does not lead");
    return topology.find(server).isEmpty()
        ? Outcome.failed(Failure.NOT_FOUND, "No such instance: " + server)
        : Outcome.ok(Explanation.of(server, TopologyBuilder.NOW, true, List.of(gate), state));
  }

  @Override
  public List<String> statementsOf(ServerAction action) {
    return List.of("STOP REPLICA");
  }

  /** A recovery of a dead master that has ended; without a promoted server it has failed. */
  static RecoveryTicket ticket(String uid, InstanceKey failed, Optional<InstanceKey> promoted) {
    Instant end = TopologyBuilder.NOW.minusSeconds(50);
    RecoveryTicket open = openTicket(uid, failed);
    return promoted
        .map(key -> open.with(new JournalEntry.Promoted(key, "", Optional.empty()), end))
        .map(ticket -> ticket.with(new JournalEntry.Closed(true, List.of()), end))
        .orElseGet(() -> open.with(new JournalEntry.Closed(false, List.of("no candidate")), end));
  }

  /** A recovery of a dead master that has just begun. */
  static RecoveryTicket openTicket(String uid, InstanceKey failed) {
    Instant now = TopologyBuilder.NOW;
    return RecoveryTicket.begun(
            uid,
            failed,
            "DeadMaster",
            "Master cannot be reached",
            failed.displayString(),
            "main",
            "main.example",
            RecoveryOrigin.AUTOMATIC,
            now.minusSeconds(60),
            now.plus(Duration.ofHours(1)),
            3,
            "manager-1",
            List.of())
        .withIds(Long.parseLong(uid), 0);
  }

  /** History as lists; paging and selection are the backend's business, and only recorded. */
  static final class FakeHistory implements History {
    final List<RecoveryTicket> recoveries = new ArrayList<>();
    final List<DetectionEntry> detections = new ArrayList<>();
    final List<RecoveryStep> steps = new ArrayList<>();
    final List<BlockedRecovery> blocked = new ArrayList<>();
    final List<AuditEntry> audit = new ArrayList<>();
    final List<AnalysisChange> changes = new ArrayList<>();
    final List<Object> selections = new CopyOnWriteArrayList<>();

    @Override
    public List<RecoveryTicket> recoveries(Selection selection) {
      selections.add(selection);
      return recoveries;
    }

    @Override
    public List<RecoveryStep> recoverySteps(String recoveryUid) {
      selections.add(recoveryUid);
      return steps;
    }

    @Override
    public List<DetectionEntry> detections(Selection selection) {
      selections.add(selection);
      return detections;
    }

    @Override
    public List<BlockedRecovery> blockedRecoveries(Optional<String> clusterName) {
      selections.add(clusterName);
      return blocked;
    }

    @Override
    public List<AuditEntry> audit(Optional<InstanceKey> key, int page) {
      selections.add(key.map(InstanceKey::displayString).orElse("all") + " page " + page);
      return audit;
    }

    @Override
    public List<AnalysisChange> analysisChanges() {
      return changes;
    }
  }
}
