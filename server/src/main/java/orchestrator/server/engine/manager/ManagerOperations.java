package orchestrator.server.engine.manager;

import static orchestrator.server.engine.Outcome.Failure.BAD_REQUEST;
import static orchestrator.server.engine.Outcome.Failure.CONFLICT;
import static orchestrator.server.engine.Outcome.Failure.NOT_FOUND;
import static orchestrator.server.engine.Outcome.Failure.UNAVAILABLE;
import static orchestrator.server.engine.Outcome.Failure.UNKNOWN;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.Explanation;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Health;
import orchestrator.server.engine.History;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.RecoveryRequest;
import orchestrator.server.engine.Requester;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.World;
import orchestrator.server.engine.detection.FailureCases;

/** Answers what people ask, with the parts of the manager. */
final class ManagerOperations implements Operations {
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
  static final Duration PROBE_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration ACTION_TIMEOUT = Duration.ofSeconds(60);

  private final Manager manager;
  private final RequestedRecoveries requested;

  ManagerOperations(Manager manager) {
    this.manager = manager;
    this.requested = new RequestedRecoveries(manager);
  }

  @Override
  public World world() {
    return manager.world();
  }

  @Override
  public History history() {
    return manager.backend();
  }

  @Override
  public Health health() {
    return manager.health();
  }

  @Override
  public Outcome<Optional<Instance>> discover(InstanceKey key, Requester by) {
    return know(key, by)
        .then(ignored -> {
          ProbeResult result =
              await(manager.discovery().probeNow(key, ProbeDepth.FULL), PROBE_TIMEOUT)
                  .orElseGet(() ->
                      new ProbeResult.Failed(
                          key,
                          ProbeResult.Failure.TIMEOUT,
                          key + " has not answered yet; it is polled from now on",
                          false));
          return switch (result) {
            case ProbeResult.Seen seen -> Outcome.ok(Optional.of(seen.instance()));
            // One that is ignored is read once, which has happened by now.
            case ProbeResult.Skipped skipped ->
                Outcome.ok(
                    manager
                        .picture()
                        .find(key)
                        .filter(instance -> instance.freshness().lastSeen().isPresent()));
            case ProbeResult.Failed failed ->
                Outcome.failed(UNAVAILABLE, "Cannot read instance: " + failed.reason());
          };
        });
  }

  @Override
  public Outcome<InstanceKey> discoverLater(InstanceKey key, Requester by) {
    return know(key, by);
  }

  private Outcome<InstanceKey> know(InstanceKey key, Requester by) {
    if (!key.isValid()) {
      return Outcome.failed(BAD_REQUEST, "Not a server that can be contacted: " + key);
    }
    return commit(new Command.Discover(key), by)
        .map(done -> {
          manager.discovery().invite(key);
          return key;
        });
  }

  @Override
  public Outcome<Instance> refresh(InstanceKey key, Requester by) {
    if (manager.picture().find(key).isEmpty()) {
      return unknown(key);
    }
    Optional<ProbeResult> result =
        await(manager.discovery().probeNow(key, ProbeDepth.FULL), PROBE_TIMEOUT);
    if (result.isPresent() && result.get() instanceof ProbeResult.Seen seen) {
      return Outcome.ok(seen.instance());
    }
    String reason =
        result.isPresent() && result.get() instanceof ProbeResult.Failed failed
            ? failed.reason()
            : key + " did not answer in time";
    return Outcome.failed(UNAVAILABLE, "Cannot read instance: " + reason);
  }

  @Override
  public Outcome<InstanceKey> forget(InstanceKey key, Requester by) {
    if (manager.picture().find(key).isEmpty()
        && !manager.consensus().state().known().contains(key)) {
      return unknown(key);
    }
    return commit(new Command.Forget(key), by)
        .map(done -> {
          manager.forgetting().forget(List.of(key));
          manager.audit("forget", Optional.of(key), "by " + by.name());
          return key;
        });
  }

  @Override
  public Outcome<List<InstanceKey>> forgetCluster(String clusterName, Requester by) {
    List<InstanceKey> members =
        manager.picture().topology().cluster(clusterName).stream().map(Instance::key).toList();
    if (members.isEmpty()) {
      return Outcome.failed(NOT_FOUND, "No such cluster: " + clusterName);
    }
    return commit(new Command.ForgetCluster(clusterName, members), by)
        .map(done -> {
          manager.forgetting().forget(members);
          manager.audit("forget", Optional.empty(), "cluster " + clusterName + " by " + by.name());
          return members;
        });
  }

  @Override
  public Outcome<CommandResult.Done> submit(Command command, Requester by) {
    Outcome<CommandResult.Done> outcome = commit(command, by);
    if (outcome instanceof Outcome.Ok<CommandResult.Done>) {
      AuditTypes.of(command)
          .ifPresent(entry -> manager.audit(entry.type(), entry.key(), entry.message()));
    }
    return outcome;
  }

  @Override
  public Outcome<Instance> perform(ServerAction action, Requester by) {
    Optional<Leadership> leadership = manager.consensus().leadership();
    if (leadership.isEmpty()) {
      return notLeading();
    }
    if (manager.picture().find(action.target()).isEmpty()) {
      return unknown(action.target());
    }
    if (action instanceof ServerAction.SetReadOnly(var key, var readOnly, var _)
        && !readOnly
        && manager.consensus().state().demoted().containsKey(key)) {
      return Outcome.failed(
          CONFLICT,
          "%s was replaced as a master and is kept read-only: two masters would take writes. To make it one again all the same: release-demoted-master first"
              .formatted(key));
    }
    return agreeTo(action, by).then(agreed -> carryOut(action, leadership.get(), by));
  }

  /** A replica that a person makes writable is not set read-only again by us. */
  private Outcome<CommandResult.Done> agreeTo(ServerAction action, Requester by) {
    return action instanceof ServerAction.SetReadOnly(var key, var readOnly, var _)
            && !readOnly
            && manager.consensus().state().keptReadOnly().containsKey(key)
        ? commit(new Command.EndReadOnly(key), new Requester(by.name()))
        : Outcome.ok(new CommandResult.Done(0));
  }

  private Outcome<Instance> carryOut(ServerAction action, Leadership leadership, Requester by) {
    Fence fence = new Fence(manager.node().name(), leadership, by.name());
    ActionOutcome outcome = manager.servers().perform(action, fence, ACTION_TIMEOUT);
    if (outcome instanceof ActionOutcome.Applied(Instance after, _)) {
      manager.picture().recordSeen(action.target(), after);
      manager.audit(
          AuditTypes.of(action),
          Optional.of(action.target()),
          AuditTypes.messageOf(action) + ", by " + by.name());
    }
    return changed(outcome);
  }

  @Override
  public Outcome<RecoveryTicket> recover(
      InstanceKey failed, Optional<InstanceKey> candidate, boolean skipHooks, Requester by) {
    return requested.run(new RecoveryRequest.Recover(failed, candidate, skipHooks), by);
  }

  @Override
  public Outcome<RecoveryTicket> forceMasterFailover(
      String clusterName, Optional<InstanceKey> designated, Requester by) {
    return requested.run(new RecoveryRequest.Force(clusterName, designated), by);
  }

  @Override
  public Outcome<RecoveryTicket> takeOver(
      String clusterName, Optional<InstanceKey> designated, boolean auto, Requester by) {
    return requested.run(new RecoveryRequest.TakeOver(clusterName, designated, auto), by);
  }

  @Override
  public Outcome<RecoveryPlan> plan(RecoveryRequest request) {
    return requested.plan(request);
  }

  @Override
  public Outcome<RecoveryPlan> recoveryPlan(InstanceKey key) {
    Optional<Diagnosis> diagnosis = manager.detector().diagnose(key);
    if (diagnosis.isEmpty()) {
      return unknown(key);
    }
    boolean dead = diagnosis.get().code().recoveryFunction().isActionable();
    Diagnosis supposed = dead ? diagnosis.get() : diagnosis.get().as(ifDead(diagnosis.get()));
    if (supposed.replicas().count() == 0) {
      return Outcome.failed(CONFLICT, key + " has no replicas: nothing could be promoted");
    }
    FailureCase failure =
        FailureCases.of(
            supposed, true, dead ? "as analysed now" : "supposed; the server is not found dead");
    Circumstances circumstances = manager.recoveries().circumstances(failure);
    return Outcome.ok(
        RecoveryPlanner.plan(
            circumstances,
            RecoveryOrigin.AUTOMATIC,
            manager.consensus().state(),
            manager.clock().instant()));
  }

  private static AnalysisCode ifDead(Diagnosis diagnosis) {
    return switch (diagnosis.subject().type()) {
      case MASTER -> AnalysisCode.DEAD_MASTER;
      case CO_MASTER -> AnalysisCode.DEAD_CO_MASTER;
      case INTERMEDIATE_MASTER -> AnalysisCode.DEAD_INTERMEDIATE_MASTER;
      case GROUP_MEMBER -> AnalysisCode.DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS;
    };
  }

  @Override
  public Outcome<Instance> reattachDemotedMaster(InstanceKey key, Requester by) {
    DemotedMaster demoted = manager.consensus().state().demoted().get(key);
    if (demoted == null) {
      return Outcome.failed(NOT_FOUND, "Not a demoted master: " + key + "; see demoted-masters");
    }
    return manager
        .demotedMasters()
        .reattach(demoted, by.name())
        .map(ManagerOperations::changed)
        .orElseGet(ManagerOperations::notLeading);
  }

  private static Outcome<Instance> changed(ActionOutcome outcome) {
    return switch (outcome) {
      case ActionOutcome.Applied(Instance after, _) -> Outcome.ok(after);
      case ActionOutcome.NotApplied(String reason) -> Outcome.failed(CONFLICT, reason);
      case ActionOutcome.Unknown(String reason) -> Outcome.failed(UNKNOWN, reason);
    };
  }

  @Override
  public Outcome<Explanation> explain(InstanceKey key) {
    return manager
        .explainer()
        .withHistory(key)
        .<Outcome<Explanation>>map(Outcome::ok)
        .orElseGet(() -> unknown(key));
  }

  @Override
  public List<String> statementsOf(ServerAction action) {
    Instance target =
        manager.picture().find(action.target()).orElseGet(() -> Instance.unseen(action.target()));
    return manager.servers().statementsOf(action, target);
  }

  private Outcome<CommandResult.Done> commit(Command command, Requester by) {
    return switch (submission(List.of(command), by.commandId())) {
      case Submission.Rejected(String reason) -> Outcome.failed(UNAVAILABLE, reason);
      case Submission.Unknown unknown -> Outcome.unknown(unknown.reason(), unknown.commandId());
      case Submission.Committed committed ->
          switch (committed.results().getFirst()) {
            case CommandResult.Done done -> Outcome.ok(done);
            case CommandResult.Refused(String reason) -> Outcome.failed(CONFLICT, reason);
          };
    };
  }

  private Submission submission(List<Command> commands, Optional<String> commandId) {
    return commandId
        .map(id -> manager.consensus().submit(commands, COMMIT_TIMEOUT, id))
        .orElseGet(() -> manager.consensus().submit(commands, COMMIT_TIMEOUT));
  }

  static <T> Outcome<T> notLeading() {
    return Outcome.failed(UNAVAILABLE, "This node may not act now: it does not lead");
  }

  static <T> Outcome<T> unknown(InstanceKey key) {
    return Outcome.failed(NOT_FOUND, "No such instance: " + key);
  }

  /** Empty when it takes too long. */
  static <T> Optional<T> await(CompletableFuture<T> future, Duration timeout) {
    try {
      return Optional.ofNullable(future.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
