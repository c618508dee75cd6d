package orchestrator.server.http;

import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;

/** Making servers known and unknown. */
final class DiscoveryEndpoints {
  private final Operations operations;

  DiscoveryEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.command("discover/:host/:port", this::discover);
    routes.command("async-discover/:host/:port", this::discoverLater);
    routes.act("refresh/:host/:port", this::refresh);
    routes.command("forget/:host/:port", this::forget);
    routes.command("forget-cluster/:clusterHint", this::forgetCluster);
  }

  private Answer discover(Call call) {
    InstanceKey key = call.key();
    return Answer.of(
        operations.discover(key, call.requester()),
        "Instance discovered: " + key,
        // The view is made of the world after the discovery: the server is in it.
        found ->
            found
                .map(instance -> new InstanceView(call.renewed(operations)).of(instance))
                .orElse(Body.NULL));
  }

  private Answer discoverLater(Call call) {
    InstanceKey key = call.key();
    return Answer.of(
        operations.discoverLater(key, call.requester()),
        "Asynchronous discovery initiated for instance: " + key,
        done -> Body.NULL);
  }

  private Answer refresh(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    return Answer.of(
        operations.refresh(key, call.requester()),
        "Instance refreshed: " + key,
        instance -> Body.key(instance.key()));
  }

  private Answer forget(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    return Answer.of(
        operations.forget(key, call.requester()), "Instance forgotten: " + key, Body::key);
  }

  private Answer forgetCluster(Call call) {
    String cluster = call.lookup().exactCluster(call.argument("clusterHint"));
    return Answer.of(
        operations.forgetCluster(cluster, call.requester()),
        "Cluster forgotten: " + cluster,
        keys -> Body.NULL);
  }
}
