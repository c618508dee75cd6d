package orchestrator.server.http;

import java.time.Duration;
import java.util.stream.Stream;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Follower;
import orchestrator.server.engine.GroupStatus.Indices;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.GroupStatus.Unhealthy;

/** The group as one node sees it. Addresses are {@code host:port} of the nodes' own channel. */
final class RaftView {
  private RaftView() {}

  /** Where the leader is found by the others; empty when there is none. */
  static String leaderAddress(GroupStatus status) {
    return status
        .leader()
        .map(name -> name.equals(status.node()) ? status.advertised() : addressOf(status, name))
        .orElse("");
  }

  private static String addressOf(GroupStatus status, String name) {
    return Stream.concat(status.voters().stream(), status.learners().stream())
        .filter(peer -> peer.name().equals(name))
        .map(Peer::address)
        .findFirst()
        .orElse(name);
  }

  static String leaderUri(GroupStatus status) {
    return status.leaderUri().map(Object::toString).orElse("");
  }

  static Body peers(GroupStatus status) {
    return Body.texts(status.voters().stream().map(Peer::address).toList());
  }

  /** As {@code raft-status} has always shown it. */
  static Body summary(GroupStatus status) {
    return out -> {
      out.startObject();
      out.field("RaftBind", status.bind());
      out.field("RaftAdvertise", status.advertised());
      out.field("State", status.role().displayName());
      out.field("Healthy", status.isHealthy());
      out.field("IsPartOfQuorum", status.inQuorum());
      out.field("Leader", leaderAddress(status));
      out.field("LeaderURI", leaderUri(status));
      out.field("Peers", peers(status));
      out.endObject();
    };
  }

  static Body unhealthy(Unhealthy unhealthy) {
    return out -> {
      out.startObject();
      out.field("Reason", unhealthy.reason());
      out.field("Since", unhealthy.since());
      out.endObject();
    };
  }

  /** Everything. */
  static Body all(GroupStatus status) {
    return out -> {
      out.startObject();
      out.field("Group", status.groupId());
      out.field("Node", status.node());
      out.field("Bind", status.bind());
      out.field("Advertise", status.advertised());
      out.field("DataCenter", status.dataCenter());
      role(out, status);
      out.field("Healthy", status.isHealthy());
      out.field("Unhealthy", status.unhealthy().map(RaftView::unhealthy).orElse(Body.NULL));
      indices(out, status.indices());
      out.field("Voters", Body.list(status.voters(), RaftView::peer));
      out.field("Learners", Body.list(status.learners(), RaftView::peer));
      out.field(
          "Followers", Body.list(status.followers(), f -> follower(f, status.indices().last())));
      out.field("LeaderChanges", status.leaderChanges());
      out.time("LastLeaderChange", status.lastLeaderChange());
      out.field("ElectionTimeoutMinMilliseconds", status.timeouts().min().toMillis());
      out.field("ElectionTimeoutMaxMilliseconds", status.timeouts().max().toMillis());
      out.texts("Drift", status.drift());
      out.endObject();
    };
  }

  private static void role(Json out, GroupStatus status) {
    out.field("State", status.role().displayName());
    out.field("Term", status.term());
    out.field("VotedFor", status.votedFor().orElse(""));
    out.field("Leader", status.leader().orElse(""));
    out.field("LeaderAddress", leaderAddress(status));
    out.field("LeaderURI", leaderUri(status));
    out.field("IsReadyLeader", status.ready());
    out.field("IsPartOfQuorum", status.inQuorum());
    out.field(
        "MillisecondsSinceQuorum",
        status.sinceQuorum().map(Duration::toMillis).map(Body::number).orElse(Body.NULL));
  }

  private static void indices(Json out, Indices indices) {
    out.field("LastIndex", indices.last());
    out.field("CommitIndex", indices.commit());
    out.field("AppliedIndex", indices.applied());
    out.field("SnapshotIndex", indices.snapshot());
    out.field("LogBytes", indices.logBytes());
  }

  private static Body peer(Peer peer) {
    return out -> {
      out.startObject();
      out.field("Name", peer.name());
      out.field("Address", peer.address());
      out.endObject();
    };
  }

  private static Body follower(Follower follower, long last) {
    return out -> {
      out.startObject();
      out.field("Name", follower.peer().name());
      out.field("Address", follower.peer().address());
      out.field("MatchIndex", follower.match());
      out.field("NextIndex", follower.next());
      out.field("EntriesBehind", Math.max(0, last - follower.match()));
      out.field("MillisecondsSinceContact", follower.lastContact().toMillis());
      out.endObject();
    };
  }
}
