package orchestrator.server.raft;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.Timestamp;

/**
 * What the leader knows of the others, as Ratis keeps it: it shows this to those who send the log
 * only, so they are made here.
 */
final class Followers {
  private static final String PARAMETER = "orchestrator.followers";

  private final Map<RaftPeerId, FollowerInfo> byId = new ConcurrentHashMap<>();

  /** When the newest message was sent by whose answer each took this node for the leader. */
  private final Map<RaftPeerId, Timestamp> confirmed = new ConcurrentHashMap<>();

  /** The latest term of a node that has refused this one. */
  private final AtomicLong refusedFor = new AtomicLong(-1);

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
      followers.add(follower);
      return super.newLogAppender(division, followers.confirmedThrough(leader), follower);
    }
  }

  /** What stands for the leader, so that answers that accept it are told from others. */
  LeaderState confirmedThrough(LeaderState leader) {
    return new Confirming(leader);
  }

  /**
   * Ratis takes every answer for one of a follower, the one too by which a node refuses a former
   * leader: only those that accept count here. What is passed on is unchanged.
   */
  private final class Confirming implements LeaderState {
    private final LeaderState leader;

    Confirming(LeaderState leader) {
      this.leader = leader;
    }

    @Override
    public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
      confirm(follower);
      leader.onFollowerCommitIndex(follower, commitIndex);
    }

    @Override
    public void restart(LogAppender appender) {
      leader.restart(appender);
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequestProto(
        FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
      return leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
    }

    @Override
    public void checkHealth(FollowerInfo follower) {
      leader.checkHealth(follower);
    }

    @Override
    public boolean onFollowerTerm(FollowerInfo follower, long term) {
      refusedFor.accumulateAndGet(term, Math::max);
      return leader.onFollowerTerm(follower, term);
    }

    @Override
    public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
      leader.onFollowerSuccessAppendEntries(follower);
    }

    @Override
    public boolean isFollowerBootstrapping(FollowerInfo follower) {
      return leader.isFollowerBootstrapping(follower);
    }

    @Override
    public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
      leader.onAppendEntriesReply(appender, reply);
    }
  }

  /** A node that becomes leader anew knows its followers anew. */
  synchronized void add(FollowerInfo follower) {
    if (!follower.equals(byId.put(follower.getId(), follower))) {
      confirmed.remove(follower.getId());
    }
  }

  /** What an earlier lead of this node was answered, and comes late, is no answer to this one. */
  private synchronized void confirm(FollowerInfo follower) {
    if (follower.equals(byId.get(follower.getId()))) {
      confirmed.put(follower.getId(), follower.getLastRespondedAppendEntriesSendTime());
    }
  }

  void hand(Parameters parameters) {
    parameters.put(PARAMETER, this, Followers.class);
  }

  /** Whether somebody knows of a later term: then another node may lead, or will. */
  boolean knowTermAfter(long term) {
    return refusedFor.get() > term;
  }

  List<FollowerInfo> all() {
    return List.copyOf(byId.values());
  }

  Optional<FollowerInfo> find(RaftPeerId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * Age of the newest message by whose answer a majority of the voters took this node for the
   * leader, this node being one of them: counted from when it was sent.
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
            .map(id -> Optional.ofNullable(confirmed.get(id)).map(Followers::age).orElse(FOREVER))
            .sorted()
            .toList();
    return ages.size() < needed ? FOREVER : ages.get(needed - 1);
  }

  /**
   * Whether each of the others has taken this node for the leader since it became that: then it
   * knows of the term, and cannot lead an earlier one any more.
   *
   * @param voters all of them, this node included
   */
  boolean areConfirmedByAll(Collection<RaftPeerId> voters, RaftPeerId self) {
    return voters.stream().allMatch(id -> id.equals(self) || confirmed.containsKey(id));
  }

  static final Duration FOREVER = Duration.ofDays(365);

  static Duration age(Timestamp timestamp) {
    TimeDuration elapsed = timestamp.elapsedTime();
    return Duration.of(elapsed.getDuration(), elapsed.getUnit().toChronoUnit());
  }
}
