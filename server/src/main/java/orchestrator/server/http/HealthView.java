package orchestrator.server.http;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Follower;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.Health;
import orchestrator.server.engine.NodeInfo;

/** The health of a node, as {@code health} and {@code status} show it. */
final class HealthView {
  /** A follower that was not heard for longer does not count as healthy. */
  private static final Duration HEARD_WITHIN = Duration.ofSeconds(10);

  private HealthView() {}

  /**
   * @param group of this node, if it belongs to one
   */
  static Body of(Health health, Optional<GroupStatus> group, Picture picture) {
    Instant now = picture.now();
    return out -> {
      out.startObject();
      out.field("Healthy", health.isHealthy());
      out.field("Hostname", health.self().hostname());
      out.field("Token", health.self().token());
      out.field("IsActiveNode", group.map(GroupStatus::ready).orElse(health.leading()));
      out.field("ActiveNode", active(health, group, now));
      out.field("Error", error(health.error()));
      out.field(
          "AvailableNodes",
          Body.list(health.available(), n -> node(n.hostname(), Optional.of(n), now)));
      out.field("RaftLeader", group.map(RaftView::leaderAddress).orElse(""));
      out.field("IsRaftLeader", group.map(GroupStatus::isLeader).orElse(false));
      out.field("RaftLeaderURI", group.map(RaftView::leaderUri).orElse(""));
      out.field("RaftAdvertise", group.map(GroupStatus::advertised).orElse(""));
      out.field(
          "RaftHealthyMembers",
          group
              .filter(GroupStatus::isLeader)
              .map(status -> Body.texts(healthyMembers(status)))
              .orElse(Body.NULL));
      out.field("RecoveryBrakes", BrakeView.of(picture));
      out.endObject();
    };
  }

  /** Known on the leader only: itself, and whom it heard lately. */
  private static List<String> healthyMembers(GroupStatus leader) {
    Stream<String> heard =
        leader.followers().stream()
            .filter(follower -> follower.lastContact().compareTo(HEARD_WITHIN) <= 0)
            .map(Follower::peer)
            .map(Peer::address);
    return Stream.concat(Stream.of(leader.advertised()), heard).toList();
  }

  private static Body error(Optional<String> error) {
    return error
        .map(text ->
            (Body)
                out -> {
                  out.startObject();
                  out.field("Message", text);
                  out.endObject();
                })
        .orElse(Body.NULL);
  }

  /** The node that acts. Of another one than this only its host is known. */
  private static Body active(Health health, Optional<GroupStatus> group, Instant now) {
    if (group.isEmpty() || group.get().ready()) {
      return node(health.active().map(NodeInfo::hostname).orElse(""), health.active(), now);
    }
    String leader =
        group.get().leaderUri().map(URI::getHost).or(() -> group.get().leader()).orElse("");
    return node(leader, Optional.empty(), now);
  }

  private static Body node(String hostname, Optional<NodeInfo> node, Instant now) {
    return out -> {
      out.startObject();
      out.field("Hostname", hostname);
      out.field("Token", node.map(NodeInfo::token).orElse(""));
      out.field("AppVersion", node.map(NodeInfo::version).orElse(""));
      out.time("FirstSeenActive", node.map(NodeInfo::started));
      out.time("LastSeenActive", node.map(n -> now));
      out.field("ExtraInfo", "");
      out.field("Command", "");
      out.field("DBBackend", node.map(NodeInfo::backend).orElse(""));
      out.preciseTime("LastReported", now);
      out.endObject();
    };
  }
}
