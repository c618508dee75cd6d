package orchestrator.server.http;

import java.util.function.Function;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;

/** Changes of one server: replication threads, its source, whether it takes writes. */
final class ReplicationEndpoints {
  private static final String SERVER = "/:host/:port";

  private final Operations operations;
  private final ViewSettings settings;

  ReplicationEndpoints(Operations operations, ViewSettings settings) {
    this.operations = operations;
    this.settings = settings;
  }

  void register(RouteTable routes) {
    action(routes, "start-slave|start-replica", "started", ServerAction.StartReplication::new);
    action(routes, "stop-slave|stop-replica", "stopped", ServerAction.StopReplication::new);
    action(
        routes, "restart-slave|restart-replica", "restarted", ServerAction.RestartReplication::new);
    action(
        routes,
        "stop-slave-io-thread|stop-replica-io-thread",
        "stopped fetching",
        ServerAction.StopIoThread::new);
    action(
        routes,
        "start-slave-io-thread|start-replica-io-thread",
        "started fetching",
        ServerAction.StartIoThread::new);
    action(routes, "reset-slave|reset-replica", "reset", ServerAction.ResetReplication::new);
    action(
        routes,
        "detach-slave|detach-replica|detach-slave-master-host|detach-replica-master-host",
        "detached",
        ServerAction.DetachSource::new);
    action(
        routes,
        "reattach-slave|reattach-replica|reattach-slave-master-host|reattach-replica-master-host",
        "reattached",
        ServerAction.ReattachSource::new);
    action(routes, "set-read-only", "set read-only", key -> readOnly(key, true));
    action(routes, "set-writeable", "set writeable", key -> readOnly(key, false));
    action(
        routes,
        "enable-semi-sync-master|enable-semi-sync-source",
        "waiting for semi-synchronous replicas",
        key -> new ServerAction.SetSemiSyncMaster(key, true));
    action(
        routes,
        "disable-semi-sync-master|disable-semi-sync-source",
        "not waiting for semi-synchronous replicas",
        key -> new ServerAction.SetSemiSyncMaster(key, false));
    action(
        routes,
        "enable-semi-sync-replica",
        "acknowledging semi-synchronously",
        key -> new ServerAction.SetSemiSyncReplica(key, true));
    action(
        routes,
        "disable-semi-sync-replica",
        "not acknowledging semi-synchronously",
        key -> new ServerAction.SetSemiSyncReplica(key, false));
  }

  private ServerAction readOnly(InstanceKey key, boolean readOnly) {
    return new ServerAction.SetReadOnly(key, readOnly, settings.useSuperReadOnly());
  }

  private void action(
      RouteTable routes, String heads, String participle, Function<InstanceKey, ServerAction> of) {
    routes.act(heads + SERVER, call -> perform(call, participle, of));
  }

  private Answer perform(
      Call call, String participle, Function<InstanceKey, ServerAction> actionOf) {
    InstanceKey key = call.lookup().exact(call.key()).key();
    return Answer.of(
        operations.perform(actionOf.apply(key), call.requester()),
        "Instance is " + participle + ": " + key,
        after -> new InstanceView(call.renewed(operations)).of(after));
  }
}
