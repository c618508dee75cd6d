package orchestrator.server.raft;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.Timestamp;

/**
 * What the leader knows of the others, as Ratis keeps it: it shows this to those who send the log
 * only, so they are made here.
 */
final class Followers {
  private static final String PARAMETER = "orchestrator.followers";

  private final Map<RaftPeerId, FollowerInfo> byId = new ConcurrentHashMap<>();

  /** Ratis makes one by its class name. */
  public static final class Rpc implements RpcType {
    public Rpc() {}

    @Override
    public String name() {
      return Rpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
      return new Factory(parameters);
    }
  }

  private static final class Factory extends GrpcFactory {
    private final Followers followers;

    Factory(Parameters parameters) {
      super(parameters);
      this.followers = parameters.getNonNull(PARAMETER, Followers.class);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
      followers.byId.put(follower.getId(), follower);
      return super.newLogAppender(division, leader, follower);
    }
  }

  void hand(Parameters parameters) {
    parameters.put(PARAMETER, this, Followers.class);
  }

  List<FollowerInfo> all() {
    return List.copyOf(byId.values());
  }

  Optional<FollowerInfo> find(RaftPeerId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * Age of the newest message that a majority of the voters has answered, this node being one of
   * them: counted from when it was sent.
   *
   * @param voters all of them, this node included
   */
  Duration sinceQuorum(Collection<RaftPeerId> voters, RaftPeerId self) {
    int needed = voters.size() / 2 + 1 - (voters.contains(self) ? 1 : 0);
    if (needed <= 0) {
      return Duration.ZERO;
    }
    List<Duration> ages =
        voters.stream()
            .filter(id -> !id.equals(self))
            .map(byId::get)
            .map(info -> info == null ? FOREVER : age(info.getLastRespondedAppendEntriesSendTime()))
            .sorted()
            .toList();
    return ages.size() < needed ? FOREVER : ages.get(needed - 1);
  }

  private static final Duration FOREVER = Duration.ofDays(365);

  static Duration age(Timestamp timestamp) {
    TimeDuration elapsed = timestamp.elapsedTime();
    return Duration.of(elapsed.getDuration(), elapsed.getUnit().toChronoUnit());
  }
}
