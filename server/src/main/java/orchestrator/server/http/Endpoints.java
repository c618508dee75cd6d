package orchestrator.server.http;

import orchestrator.server.engine.Operations;

/** All endpoints of the API. */
final class Endpoints {
  private Endpoints() {}

  static RouteTable all(Operations operations, ViewSettings settings, NodeServices services) {
    RouteTable routes = new RouteTable();
    new DiscoveryEndpoints(operations).register(routes);
    new InstanceEndpoints().register(routes);
    new ClusterEndpoints(operations).register(routes);
    new AuditEndpoints(operations).register(routes);
    new RecoveryEndpoints(operations).register(routes);
    new AcknowledgementEndpoints(operations).register(routes);
    new DowntimeEndpoints(operations, settings).register(routes);
    new TagEndpoints(operations).register(routes);
    new ReplicationEndpoints(operations, settings).register(routes);
    new AnalysisEndpoints(settings).register(routes);
    new StatusEndpoints(operations).register(routes);
    new NodeEndpoints(services).register(routes);
    return routes;
  }
}
