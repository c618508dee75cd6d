package orchestrator.server.http;

import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.state.Command;
import orchestrator.core.state.Command.Selector;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;

/** Taking note of recoveries, so that they block no further ones. */
final class AcknowledgementEndpoints {
  private final Operations operations;

  AcknowledgementEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.command(
        "ack-recovery/cluster/:clusterHint", call -> cluster(call, call.argument("clusterHint")));
    routes.command(
        "ack-recovery/cluster/alias/:clusterAlias",
        call -> cluster(call, call.argument("clusterAlias")));
    routes.command("ack-recovery/instance/:host/:port", this::instance);
    routes.command("ack-recovery/uid/:uid", this::uid);
    routes.command("ack-recovery/:recoveryId", this::id);
    routes.command(
        "ack-all-recoveries",
        call -> acknowledge(call, new Selector.All(), Body.text(comment(call))));
  }

  /** Of a cluster of today; else of one that recoveries recorded under this name or alias. */
  private Answer cluster(Call call, String hint) {
    String name =
        call.lookup()
            .clusterByName(hint)
            .or(() -> recorded(call, hint))
            .orElseGet(() -> call.lookup().exactCluster(hint));
    return acknowledge(
        call, new Selector.ByCluster(name, call.picture().aliasOf(name)), Body.text(name));
  }

  private static Optional<String> recorded(Call call, String hint) {
    return call.picture().state().recoveries().values().stream()
        .filter(t -> t.clusterName().equals(hint) || t.clusterAlias().equals(hint))
        .map(t -> t.clusterName())
        .findFirst();
  }

  private Answer instance(Call call) {
    InstanceKey key = call.key();
    return acknowledge(call, new Selector.ByInstance(key), Body.key(key));
  }

  private Answer uid(Call call) {
    String uid = call.argument("uid");
    return acknowledge(call, new Selector.ByUid(uid), Body.text(uid));
  }

  private Answer id(Call call) {
    String id = call.argument("recoveryId");
    if (!id.matches("[0-9]{1,18}")) {
      throw ApiException.badRequest("Invalid recovery id: " + id);
    }
    return acknowledge(call, new Selector.ById(Long.parseLong(id)), Body.text(id));
  }

  private Answer acknowledge(Call call, Selector selector, Body details) {
    Acknowledgement acknowledgement =
        new Acknowledgement(call.requester().name(), comment(call), call.picture().now());
    Outcome<CommandResult.Done> outcome =
        operations.submit(
            new Command.AcknowledgeRecoveries(selector, acknowledgement), call.requester());
    return switch (outcome) {
      case Outcome.Ok<CommandResult.Done>(CommandResult.Done done) ->
          Answer.done(done.id() + " recoveries acknowledged", details);
      case Outcome.Failed<CommandResult.Done> failed -> Answer.failed(failed, Body.NULL);
    };
  }

  private static String comment(Call call) {
    return call.parameter("comment")
        .orElseThrow(
            () -> ApiException.badRequest("No acknowledge comment given: add ?comment=..."));
  }
}
