package orchestrator.server.http;

import java.util.Optional;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Operations;

/** All endpoints of the API. */
final class Endpoints {
  private Endpoints() {}

  static RouteTable all(
      Operations operations,
      ViewSettings settings,
      NodeServices services,
      Optional<Group> group,
      Events events) {
    RouteTable routes = new RouteTable();
    new DiscoveryEndpoints(operations).register(routes);
    new InstanceEndpoints().register(routes);
    new ClusterEndpoints(operations).register(routes);
    new AuditEndpoints(operations).register(routes);
    new RecoveryEndpoints(operations).register(routes);
    new BrakeEndpoints(operations).register(routes);
    new AcknowledgementEndpoints(operations).register(routes);
    new DowntimeEndpoints(operations, settings).register(routes);
    new ReplicaNameEndpoints(operations, settings).register(routes);
    new TagEndpoints(operations).register(routes);
    new PoolEndpoints(operations).register(routes);
    new KeyValueEndpoints(operations).register(routes);
    new ReplicationEndpoints(operations, settings).register(routes);
    new AnalysisEndpoints(settings).register(routes);
    new StatusEndpoints(operations, group).register(routes);
    new RaftEndpoints(group, services).register(routes);
    new EventEndpoints(events).register(routes);
    new NodeEndpoints(services).register(routes);
    return routes;
  }
}
