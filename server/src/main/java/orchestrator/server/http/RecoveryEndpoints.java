package orchestrator.server.http;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Explanation;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;
import orchestrator.server.engine.RecoveryRequest;

/** Recoveries that people ask for. */
final class RecoveryEndpoints {
  private static final String DESIGNATED = "/:designatedHost/:designatedPort";

  private final Operations operations;

  RecoveryEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    for (String candidate : new String[] {"", "/:candidateHost/:candidatePort"}) {
      routes.planned(
          "recover/:host/:port" + candidate, call -> recover(call, call.flag("skipProcesses")));
      routes.planned("recover-lite/:host/:port" + candidate, call -> recover(call, true));
    }
    routes.read("recovery-plan/:host/:port", this::plan);
    routes.read("explain/:host/:port", this::explain);
    routes.read("explain/:host/:port/text", this::explainInText);
    routes.planned("force-master-failover/:clusterHint", call -> failover(call, hint(call)));
    routes.planned("force-master-failover/:host/:port", call -> failover(call, member(call)));
    routes.planned(
        "force-master-takeover/:clusterHint" + DESIGNATED, call -> failover(call, hint(call)));
    routes.planned(
        "force-master-takeover/:host/:port" + DESIGNATED, call -> failover(call, member(call)));
    takeovers(routes);
    routes.read("demoted-masters", this::demotedMasters);
    routes.read("kept-read-only", this::keptReadOnly);
    routes.command("release-demoted-master/:host/:port", this::release);
    routes.act("reattach-demoted-master/:host/:port", this::reattach);
  }

  private void takeovers(RouteTable routes) {
    for (String designated : new String[] {"", DESIGNATED}) {
      takeover(routes, RecoveryOrigin.TAKEOVER, designated, false);
      takeover(routes, RecoveryOrigin.TAKEOVER_AUTO, designated, true);
    }
  }

  private void takeover(RouteTable routes, String head, String designated, boolean auto) {
    routes.planned(head + "/:clusterHint" + designated, call -> takeOver(call, hint(call), auto));
    routes.planned(head + "/:host/:port" + designated, call -> takeOver(call, member(call), auto));
  }

  private static String hint(Call call) {
    return call.lookup().exactCluster(call.argument("clusterHint"));
  }

  private static String member(Call call) {
    InstanceKey key = call.lookup().exact(call.key()).key();
    return call.lookup().nameOf(key).orElse("");
  }

  private Answer recover(Call call, boolean skipHooks) {
    InstanceKey failed = call.lookup().exact(call.key()).key();
    Optional<InstanceKey> candidate =
        call.key("candidateHost", "candidatePort").map(key -> call.lookup().exact(key).key());
    if (call.isDryRun()) {
      return plan(new RecoveryRequest.Recover(failed, candidate, skipHooks));
    }
    Outcome<RecoveryTicket> outcome =
        operations.recover(failed, candidate, skipHooks, call.requester());
    return promoted(outcome, Body.key(failed), ticket -> Body.key(successor(ticket)));
  }

  private Answer plan(Call call) {
    InstanceKey failed = call.lookup().similar(call.key()).key();
    return Answer.of(
        operations.recoveryPlan(failed),
        "If " + failed + " were found dead now",
        new PlanView(operations::statementsOf)::of);
  }

  /** Also of a server that is gone: it may have been recovered from. */
  private Outcome<Explanation> explanation(Call call) {
    return operations.explain(call.lookup().similarKey(call.key()));
  }

  private Answer explain(Call call) {
    return Answer.of(
        explanation(call),
        Explanation::verdict,
        explanation -> ExplanationView.of(explanation, new RecoveryView(call.picture())));
  }

  private Answer explainInText(Call call) {
    return switch (explanation(call)) {
      case Outcome.Ok<Explanation>(Explanation explanation) ->
          new Answer.Text(
              "text/plain; charset=utf-8", String.join("\n", explanation.lines()) + "\n");
      case Outcome.Failed<Explanation> failed -> Answer.failed(failed, Body.NULL);
    };
  }

  private Answer failover(Call call, String cluster) {
    Optional<InstanceKey> designated = designated(call);
    if (call.isDryRun()) {
      return plan(new RecoveryRequest.Force(cluster, designated));
    }
    Outcome<RecoveryTicket> outcome =
        operations.forceMasterFailover(cluster, designated, call.requester());
    return promoted(outcome, Body.NULL, new RecoveryView(call.renewed(operations))::of);
  }

  private static Optional<InstanceKey> designated(Call call) {
    return call.key("designatedHost", "designatedPort").map(key -> call.lookup().exact(key).key());
  }

  private Answer plan(RecoveryRequest request) {
    return Answer.of(
        operations.plan(request),
        "A dry run: nothing was changed",
        new PlanView(operations::statementsOf)::of);
  }

  /** One that is done but for something at its end is an error that carries the record. */
  private Answer takeOver(Call call, String cluster, boolean auto) {
    Optional<InstanceKey> designated = designated(call);
    if (call.isDryRun()) {
      return plan(new RecoveryRequest.TakeOver(cluster, designated, auto));
    }
    Outcome<RecoveryTicket> outcome =
        operations.takeOver(cluster, designated, auto, call.requester());
    return switch (outcome) {
      case Outcome.Failed<RecoveryTicket> failed -> Answer.failed(failed, Body.NULL);
      case Outcome.Ok<RecoveryTicket>(RecoveryTicket ticket) -> {
        Body record = new RecoveryView(call.renewed(operations)).of(ticket);
        yield ticket.successful() && ticket.errors().isEmpty()
            ? Answer.done(
                successor(ticket) + " is the master now, in place of " + ticket.failed(), record)
            : Answer.failed(Failure.CONFLICT, whyNot(ticket), record);
      }
    };
  }

  private static InstanceKey successor(RecoveryTicket ticket) {
    return ticket.promoted().orElse(InstanceKey.NONE);
  }

  /**
   * @param onFailure the details of an error
   */
  private static Answer promoted(
      Outcome<RecoveryTicket> outcome, Body onFailure, Function<RecoveryTicket, Body> onSuccess) {
    return switch (outcome) {
      case Outcome.Failed<RecoveryTicket> failed -> Answer.failed(failed, onFailure);
      case Outcome.Ok<RecoveryTicket>(RecoveryTicket ticket) ->
          ticket.successful() && ticket.promoted().isPresent()
              ? Answer.done(
                  "Recovery executed on " + ticket.failed() + "; promoted " + successor(ticket),
                  onSuccess.apply(ticket))
              : Answer.failed(Failure.CONFLICT, whyNot(ticket), onFailure);
    };
  }

  private static String whyNot(RecoveryTicket ticket) {
    String errors = String.join("; ", ticket.errors());
    String outcome =
        ticket
            .promoted()
            .map(key -> " promoted " + key + " but did not end well")
            .orElse(" promoted no server");
    return "Recovery "
        + ticket.uid()
        + " of "
        + ticket.failed()
        + outcome
        + (errors.isEmpty() ? "" : ": " + errors);
  }

  private Answer demotedMasters(Call call) {
    return Answer.value(
        Body.list(
            call.picture().state().demoted().values().stream()
                .sorted(Comparator.comparing(DemotedMaster::key))
                .toList(),
            SmallViews::demoted));
  }

  private Answer keptReadOnly(Call call) {
    return Answer.value(
        Body.list(
            call.picture().state().keptReadOnly().values().stream()
                .sorted(Comparator.comparing(KeptReadOnly::key))
                .toList(),
            SmallViews::kept));
  }

  private Answer reattach(Call call) {
    InstanceKey key = call.key();
    return Answer.of(
        operations.reattachDemotedMaster(key, call.requester()),
        after -> key + " replicates from " + after.sourceKey().orElse(InstanceKey.NONE),
        after -> Body.key(key));
  }

  /** Exactly this server: it may be unknown by now, and stays as it is, writable or not. */
  private Answer release(Call call) {
    InstanceKey key = call.key();
    ReplicatedState state = call.picture().state();
    DemotedMaster demoted = state.demoted().get(key);
    if (demoted == null) {
      throw ApiException.notFound("Not a demoted master: " + key + "; see demoted-masters");
    }
    RecoveryTicket recovery = state.recoveries().get(demoted.recoveryUid());
    if (recovery != null && recovery.isOpen()) {
      throw new ApiException(
          Failure.CONFLICT,
          "Recovery %s of %s still runs; release it afterwards".formatted(recovery.uid(), key));
    }
    return Answer.of(
        operations.submit(new Command.ReleaseDemotedMaster(key), call.requester()),
        "Demoted master released: " + key + " is not set read-only any more",
        done -> Body.key(key));
  }
}
