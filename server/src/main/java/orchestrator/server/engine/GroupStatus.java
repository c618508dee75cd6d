package orchestrator.server.engine;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The group as one node sees it at one moment.
 *
 * @param groupId equal on all nodes of a group
 * @param node this node's name, by which the others know it
 * @param bind where this node listens for the others, {@code host:port}
 * @param advertised where the others find this node, {@code host:port}
 * @param dataCenter of this node, empty if not configured
 * @param role what this node is now
 * @param term the newest that this node knows
 * @param votedFor for whom it voted in this term
 * @param leader the leader's name, this node's own included; empty when it is not known
 * @param leaderUri the base URL of the leader's HTTP service, as the leader itself announced it
 * @param ready whether this node leads, has committed an entry in its term, and a quorum has
 *     answered so recently that nobody else can be leading
 * @param inQuorum whether this node leads with a quorum, or follows a leader that it hears
 * @param unhealthy why this node does not take part, since when; empty while it does
 * @param indices of this node's log
 * @param followers on the leader only: what it knows of the others
 * @param voters all voting members, this node included, by name
 * @param learners members that do not vote
 * @param sinceQuorum how long ago this node last knew of a quorum: on the leader the age of the
 *     newest round that a majority answered, elsewhere of the newest message of the leader
 * @param leaderChanges how often the leader changed since this node started
 * @param lastLeaderChange when, by this node's clock
 * @param drift differences between the configuration file and the group, for people
 */
public record GroupStatus(
    String groupId,
    String node,
    String bind,
    String advertised,
    String dataCenter,
    Role role,
    long term,
    Optional<String> votedFor,
    Optional<String> leader,
    Optional<URI> leaderUri,
    boolean ready,
    boolean inQuorum,
    Optional<Unhealthy> unhealthy,
    Indices indices,
    List<Follower> followers,
    List<Peer> voters,
    List<Peer> learners,
    Optional<Duration> sinceQuorum,
    long leaderChanges,
    Optional<Instant> lastLeaderChange,
    Timeouts timeouts,
    List<String> drift) {

  public GroupStatus {
    followers = List.copyOf(followers);
    voters = List.copyOf(voters);
    learners = List.copyOf(learners);
    drift = List.copyOf(drift);
  }

  public boolean isLeader() {
    return role == Role.LEADER;
  }

  public boolean isHealthy() {
    return unhealthy.isEmpty();
  }

  /** What a node is in its group. */
  public enum Role {
    FOLLOWER("Follower"),
    CANDIDATE("Candidate"),
    LEADER("Leader"),
    LEARNER("Learner"),
    SHUTDOWN("Shutdown");

    private final String displayName;

    Role(String displayName) {
      this.displayName = displayName;
    }

    /** As {@code raft-state} shows it. */
    public String displayName() {
      return displayName;
    }
  }

  /**
   * @param reason for people
   * @param since when the node noticed
   */
  public record Unhealthy(String reason, Instant since) {}

  /**
   * A member.
   *
   * @param name by which the others know it, whatever its address
   * @param address {@code host:port}
   */
  public record Peer(String name, String address) {}

  /**
   * A member, as the leader sees it.
   *
   * @param match the newest log entry that it is known to have
   * @param lastContact since its last answer
   */
  public record Follower(Peer peer, long match, long next, Duration lastContact) {}

  /**
   * All -1 before there is anything.
   *
   * @param last the newest entry in this node's log
   * @param snapshot what the newest snapshot stands for
   * @param logBytes size of the log on disk
   */
  public record Indices(long last, long commit, long applied, long snapshot, long logBytes) {}

  /** Bounds of the randomised election timeout. */
  public record Timeouts(Duration min, Duration max) {}
}
