package orchestrator.server.http;

import java.util.Optional;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.Health;
import orchestrator.server.engine.Operations;
import orchestrator.server.http.RouteTable.Place;

/** Whether this node works, and whether it leads. */
final class StatusEndpoints {
  private static final int NOT_LEADER_STATUS = 404;

  private final Operations operations;
  private final Optional<Group> group;

  StatusEndpoints(Operations operations, Optional<Group> group) {
    this.operations = operations;
    this.group = group;
  }

  void register(RouteTable routes) {
    routes.read("health", Place.HERE, this::health);
    routes.read("status", Place.HERE, this::health);
    routes.read("lb-check|_ping", Place.HERE, call -> Answer.value(Body.text("OK")));
    routes.read("leader-check", Place.HERE, this::leaderCheck);
    routes.read("leader-check/:errorStatusCode", Place.HERE, this::leaderCheck);
    routes.read("routed-leader-check", Place.LEADER_IF_ANY, this::leaderCheck);
  }

  private Answer health(Call call) {
    Health health = operations.health();
    Optional<GroupStatus> status = group.map(Group::status);
    Body details = HealthView.of(health, status, call.picture());
    return health
        .error()
        .map(error ->
            (Answer)
                new Answer.Envelope(500, false, "Application node is unhealthy: " + error, details))
        .orElseGet(() -> Answer.done("Application node is healthy", details));
  }

  /** Load balancers ask this every second or so: in a group it waits for nothing. */
  private Answer leaderCheck(Call call) {
    boolean leads =
        group.map(g -> g.status().ready()).orElseGet(() -> operations.health().leading());
    return leads
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
