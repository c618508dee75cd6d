package orchestrator.server.http;

import orchestrator.server.engine.Health;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome.Failure;

/** Whether this node works, and whether it leads. */
final class StatusEndpoints {
  private static final int NOT_LEADER_STATUS = 404;

  private final Operations operations;

  StatusEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.read("health", this::health);
    routes.read("status", this::health);
    routes.read("lb-check|_ping", call -> Answer.value(Body.text("OK")));
    routes.read("leader-check|routed-leader-check", this::leaderCheck);
    routes.read("leader-check/:errorStatusCode", this::leaderCheck);
    routes.read("raft-state|raft-leader|raft-peers|raft-health|raft-status", call -> withoutRaft());
    routes.act("raft-snapshot", call -> withoutRaft());
    routes.act("raft-yield/:node", call -> withoutRaft());
    routes.act("raft-yield-hint/:hint", call -> withoutRaft());
    routes.act("raft-add-peer|raft-remove-peer/:addr", call -> withoutRaft());
  }

  private static Answer withoutRaft() {
    return Answer.failed(Failure.CONFLICT, "This node does not run raft", Body.NULL);
  }

  private Answer health(Call call) {
    Health health = operations.health();
    Body details = SmallViews.health(health, call.picture().now());
    return health
        .error()
        .map(error ->
            (Answer)
                new Answer.Envelope(500, false, "Application node is unhealthy: " + error, details))
        .orElseGet(() -> Answer.done("Application node is healthy", details));
  }

  private Answer leaderCheck(Call call) {
    return operations.health().leading()
        ? Answer.value(Body.text("OK"))
        : new Answer.Value(statusFor(call), Body.text("Not leader"));
  }

  /** The status that the caller wants to see, if it is one. */
  private static int statusFor(Call call) {
    return call.optional("errorStatusCode")
        .filter(code -> code.matches("[2-5][0-9]{2}"))
        .map(Integer::parseInt)
        .orElse(NOT_LEADER_STATUS);
  }
}
