package orchestrator.server.http;

import orchestrator.server.engine.Outcome;
import orchestrator.server.http.RouteTable.Place;

/** About the process itself: its configuration. */
final class NodeEndpoints {
  private final NodeServices services;

  NodeEndpoints(NodeServices services) {
    this.services = services;
  }

  void register(RouteTable routes) {
    routes.act("reload-configuration", Place.HERE, this::reload);
  }

  /** From the files it was started with, and no others: a caller may not choose a path. */
  private Answer reload(Call call) {
    if (call.parameter("config").isPresent()) {
      throw ApiException.badRequest(
          "Another configuration file cannot be named here: edit the one in use, then reload");
    }
    return switch (services.reload()) {
      case Outcome.Ok<String>(String message) -> Answer.done(message, Body.text(""));
      case Outcome.Failed<String> failed -> Answer.failed(failed, Body.NULL);
    };
  }
}
