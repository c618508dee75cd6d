package orchestrator.server.engine.manager;

import static orchestrator.server.engine.Outcome.Failure.CONFLICT;
import static orchestrator.server.engine.Outcome.Failure.NOT_FOUND;
import static orchestrator.server.engine.Outcome.Failure.UNKNOWN;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.recovery.SurveyGates;
import orchestrator.core.recovery.TakeoverChoice;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.RecoveryRequest;
import orchestrator.server.engine.Requester;
import orchestrator.server.engine.detection.FailureCases;
import orchestrator.server.engine.recovery.Recoveries.Begun;

/** Recoveries and planned changes of master that people ask for: run, or only thought through. */
final class RequestedRecoveries {
  private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(30);
  private static final Duration WAY_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration SURVEY_TIMEOUT = Duration.ofSeconds(5);

  private final Manager manager;

  RequestedRecoveries(Manager manager) {
    this.manager = manager;
  }

  /**
   * A request after the servers were read again.
   *
   * @param surveyed gates beyond those of every recovery
   */
  private record Prepared(FailureCase failure, RecoveryOrigin origin, List<Gate> surveyed) {}

  Outcome<RecoveryTicket> run(RecoveryRequest request, Requester by) {
    if (manager.consensus().leadership().isEmpty()) {
      return ManagerOperations.notLeading();
    }
    return prepare(request, "asked for by " + by.name()).then(this::run);
  }

  Outcome<RecoveryPlan> plan(RecoveryRequest request) {
    return prepare(request, "a dry run").map(this::plan);
  }

  private RecoveryPlan plan(Prepared prepared) {
    Circumstances circumstances = manager.recoveries().circumstances(prepared.failure());
    return RecoveryPlanner.plan(
            circumstances,
            prepared.origin(),
            manager.recoveries().stateForAPerson(prepared.failure().failed()),
            manager.clock().instant())
        .withGates(prepared.surveyed());
  }

  private Outcome<Prepared> prepare(RecoveryRequest request, String evidence) {
    return switch (request) {
      case RecoveryRequest.Recover recover -> prepare(recover, evidence);
      case RecoveryRequest.Force(String cluster, Optional<InstanceKey> designated) ->
          masterOf(cluster)
              .then(this::lookAgain)
              .then(diagnosis -> {
                String hint =
                    designated.isPresent() ? "force-master-takeover" : "force-master-failover";
                return prepared(
                    diagnosis.as(AnalysisCode.DEAD_MASTER),
                    new RecoveryOrigin(false, hint, designated, false),
                    evidence);
              });
      case RecoveryRequest.TakeOver takeover ->
          masterOf(takeover.clusterName())
              .then(this::lookAgain)
              .then(diagnosis -> prepare(takeover, diagnosis, evidence));
    };
  }

  private Outcome<Prepared> prepare(RecoveryRequest.Recover request, String evidence) {
    return lookAgain(request.failed())
        .then(diagnosis -> {
          if (!diagnosis.code().recoveryFunction().isActionable()) {
            return Outcome.failed(
                CONFLICT,
                "Nothing to recover: the analysis of %s is %s. To replace a master that is not found dead, use force-master-failover"
                    .formatted(request.failed(), diagnosis.code().displayName()));
          }
          return prepared(
              diagnosis,
              new RecoveryOrigin(false, "", request.candidate(), request.skipHooks()),
              evidence);
        });
  }

  private static Outcome<Prepared> prepared(
      Diagnosis diagnosis, RecoveryOrigin origin, String evidence) {
    FailureCase failure = FailureCases.of(diagnosis, true, evidence);
    if (origin.designated().isPresent()
        && failure.kind().filter(kind -> kind != RecoveryKind.DEAD_MASTER).isPresent()) {
      return Outcome.failed(
          CONFLICT,
          "A candidate can be named for a dead master only, and the analysis of %s is %s"
              .formatted(diagnosis.key(), failure.analysis()));
    }
    Optional<InstanceKey> foreign =
        origin.designated().filter(key -> !failure.replicas().contains(key));
    return foreign.isPresent()
        ? Outcome.failed(
            CONFLICT, "%s is not a direct replica of %s".formatted(foreign.get(), diagnosis.key()))
        : Outcome.ok(new Prepared(failure, origin, List.of()));
  }

  private Outcome<Prepared> prepare(
      RecoveryRequest.TakeOver request, Diagnosis diagnosis, String evidence) {
    FailureCase failure = FailureCases.ofTakeover(diagnosis, evidence);
    Circumstances circumstances = manager.recoveries().circumstances(failure);
    TakeoverChoice choice = TakeoverChoice.of(circumstances, request.designated(), request.auto());
    if (choice.target().isEmpty()) {
      return Outcome.failed(CONFLICT, choice.refusal());
    }
    RecoveryOrigin origin = RecoveryOrigin.takeover(choice.target().get(), request.auto());
    List<Gate> surveyed =
        new ArrayList<>(
            SurveyGates.of(
                failure.failed(), origin, surveys(circumstances), circumstances.policy().safety()));
    surveyed.add(SurveyGates.programs(circumstances.policy(), manager.hooks()::obstacle));
    return Outcome.ok(new Prepared(failure, origin, surveyed));
  }

  /** Of the master and of the replicas that answer. */
  private List<TakeoverSurvey> surveys(Circumstances circumstances) {
    List<Instance> servers = new ArrayList<>(List.of(circumstances.failedServer()));
    servers.addAll(circumstances.replicas());
    List<CompletableFuture<TakeoverSurvey>> asked =
        servers.stream()
            .filter(Instance::isLastCheckValid)
            .map(server -> {
              CompletableFuture<TakeoverSurvey> answer = new CompletableFuture<>();
              Thread.ofVirtual()
                  .name("survey-" + server.key())
                  .start(() ->
                      answer.complete(manager.servers().survey(server.key(), SURVEY_TIMEOUT)));
              return answer.completeOnTimeout(
                  TakeoverSurvey.failed(server.key(), "it did not answer in time"),
                  2 * SURVEY_TIMEOUT.toMillis(),
                  TimeUnit.MILLISECONDS);
            })
            .toList();
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private Outcome<InstanceKey> masterOf(String clusterName) {
    List<Instance> masters = manager.picture().topology().mastersOf(clusterName);
    if (masters.isEmpty()) {
      return Outcome.failed(NOT_FOUND, "No such cluster: " + clusterName);
    }
    return masters.size() > 1
        ? Outcome.failed(
            CONFLICT, "Cluster %s has %d masters".formatted(clusterName, masters.size()))
        : Outcome.ok(masters.getFirst().key());
  }

  /** Reads a server and its replicas again before a person's recovery is judged. */
  private Outcome<Diagnosis> lookAgain(InstanceKey key) {
    Topology topology = manager.picture().topology();
    if (topology.find(key).isEmpty()) {
      return ManagerOperations.unknown(key);
    }
    List<InstanceKey> keys = new ArrayList<>(List.of(key));
    topology.replicasOf(key).forEach(replica -> keys.add(replica.key()));
    ManagerOperations.await(manager.discovery().probeNow(keys), ManagerOperations.PROBE_TIMEOUT);
    return manager
        .detector()
        .diagnose(key)
        .<Outcome<Diagnosis>>map(Outcome::ok)
        .orElseGet(() -> ManagerOperations.unknown(key));
  }

  private Outcome<RecoveryTicket> run(Prepared prepared) {
    if (!RecoveryGates.allOpen(prepared.surveyed())) {
      // Of all gates, so that a person sees at once what has to be done.
      return Outcome.failed(CONFLICT, RecoveryGates.refusal(plan(prepared).gates()));
    }
    Optional<String> inTheWay = makeWay(prepared);
    if (inTheWay.isPresent()) {
      return Outcome.failed(CONFLICT, inTheWay.get());
    }
    Begun begun =
        manager
            .recoveries()
            .begin(prepared.failure(), prepared.origin(), manager.uids().get(), List.of());
    return switch (begun) {
      case Begun.Refused(String reason) -> Outcome.failed(CONFLICT, reason);
      case Begun.Running running ->
          ManagerOperations.await(running.end(), RECOVERY_TIMEOUT)
              .map(RequestedRecoveries::ended)
              .orElseGet(() ->
                  Outcome.failed(
                      UNKNOWN,
                      "Recovery %s still runs; see audit-recovery/uid/%s"
                          .formatted(running.uid(), running.uid())));
    };
  }

  /**
   * One that only waits ends before another begins, unless that one would be refused anyway. Tells
   * why it did not.
   */
  private Optional<String> makeWay(Prepared prepared) {
    InstanceKey failed = prepared.failure().failed();
    List<Gate> gates =
        RecoveryGates.of(
            manager.recoveries().circumstances(prepared.failure()),
            prepared.origin(),
            manager.recoveries().stateForAPerson(failed),
            manager.clock().instant());
    if (!RecoveryGates.allOpen(gates)) {
      return Optional.empty();
    }
    return manager
        .recoveries()
        .makeWay(failed)
        .filter(end -> ManagerOperations.await(end, WAY_TIMEOUT).isEmpty())
        .map(end ->
            "A recovery of %s that waits gives way, and has not ended within %d s: ask again"
                .formatted(failed, WAY_TIMEOUT.toSeconds()));
  }

  private static Outcome<RecoveryTicket> ended(RecoveryTicket ticket) {
    return ticket.isOpen()
        ? Outcome.failed(
            UNKNOWN,
            "Recovery %s was interrupted here; the node that leads goes on with it: see audit-recovery/uid/%s"
                .formatted(ticket.uid(), ticket.uid()))
        : Outcome.ok(ticket);
  }
}
