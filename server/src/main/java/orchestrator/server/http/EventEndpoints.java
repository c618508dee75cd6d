package orchestrator.server.http;

import java.time.InstantSource;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.http.RouteTable.Place;

/**
 * What happens, told as it happens by the node addressed: the stream outlives leaders, and every
 * node learns what the group decides.
 */
final class EventEndpoints {
  private final Events events;

  EventEndpoints(Events events) {
    this.events = events;
  }

  void register(RouteTable routes) {
    routes.read(
        "events",
        Place.HERE,
        call -> events.refusal().<Answer>map(refusal -> refusal).orElse(new Answer.EventStream()));
  }

  /** Publishes what happens in a group. */
  static void connect(Events events, Group group, InstantSource clock) {
    String node = group.status().node();
    group.onRoleChange(change -> events.publish("raft-role", view(node, change, clock)));
  }

  private static Body view(String node, RoleChange change, InstantSource clock) {
    return out -> {
      out.startObject();
      out.preciseTime("At", clock.instant());
      out.field("Node", node);
      out.field("From", change.from().displayName());
      out.field("To", change.to().displayName());
      out.field("Term", change.term());
      out.field("Leader", change.leader().orElse(""));
      out.field("Reason", change.reason());
      out.endObject();
    };
  }
}
