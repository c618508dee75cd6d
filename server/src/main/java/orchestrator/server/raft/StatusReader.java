package orchestrator.server.raft;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.ManagerNode;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Follower;
import orchestrator.server.engine.GroupStatus.Indices;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.GroupStatus.Role;
import orchestrator.server.engine.GroupStatus.Unhealthy;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorageMetadata;

/** Looks at Ratis and says what is there. Never waits, for the disk neither. */
final class StatusReader {
  /** Elections are far apart; but nobody waits for an answer without end. */
  private static final int READ_AGAIN = 3;

  private final RaftSettings settings;
  private final LogGauge gauge;
  private final RaftServer.Division division;
  private final CommandMachine machine;
  private final Followers followers;
  private final Tenure tenure;
  private final InstantSource clock;
  private final RaftPeerId self;
  private volatile Optional<Unhealthy> unhealthy = Optional.empty();

  StatusReader(
      RaftSettings settings,
      LogGauge gauge,
      RaftServer.Division division,
      CommandMachine machine,
      Followers followers,
      Tenure tenure,
      InstantSource clock) {
    this.settings = settings;
    this.gauge = gauge;
    this.division = division;
    this.machine = machine;
    this.followers = followers;
    this.tenure = tenure;
    this.clock = clock;
    this.self = division.getId();
  }

  private Role role() {
    DivisionInfo info = division.getInfo();
    if (!info.isAlive()) {
      return Role.SHUTDOWN;
    }
    return switch (info.getCurrentRole()) {
      case LEADER -> Role.LEADER;
      case CANDIDATE -> Role.CANDIDATE;
      case FOLLOWER -> Role.FOLLOWER;
      case LISTENER -> Role.LEARNER;
      case UNRECOGNIZED -> Role.SHUTDOWN;
    };
  }

  /** What of it is watched for changes. */
  RoleMonitor.Seen seen() {
    Role role = role();
    return new RoleMonitor.Seen(
        role,
        division.getInfo().getCurrentTerm(),
        role == Role.LEADER ? Optional.of(self.toString()) : leader());
  }

  private Optional<String> leader() {
    // One that has stepped down names itself for a moment.
    return Optional.ofNullable(division.getInfo().getLeaderId())
        .filter(leader -> !leader.equals(self) || division.getInfo().isLeader())
        .map(RaftPeerId::toString);
  }

  /**
   * Whether this node leads in this term, has applied an entry of it, was answered by a majority
   * within the lease, and a former leader cannot believe any more that it leads: so at any moment
   * this holds on one node at most.
   */
  boolean isReadyIn(long term) {
    return leadsIn(term)
        && division.getInfo().isLeaderReady()
        && machine.position().at().getTerm() == term
        && (isAlone() || (hasLease() && isFormerLeadOver()));
  }

  /** Whether this node was elected for this term, and does not know of a later one. */
  boolean leadsIn(long term) {
    DivisionInfo info = division.getInfo();
    return info.isAlive()
        && info.isLeader()
        && info.getCurrentTerm() == term
        && !followers.knowTermAfter(term);
  }

  private boolean isAlone() {
    RaftConfiguration members = division.getRaftConf();
    return members.getPreviousPeers().isEmpty()
        && ids(members.getCurrentPeers()).equals(List.of(self));
  }

  /**
   * Who handed over has answered its successor at once; for one that is dead, or out of reach, its
   * lease is waited for. Nobody but a voter can lead, since members are changed by a ready leader
   * only.
   */
  private boolean isFormerLeadOver() {
    return tenure.isFormerLeaseOver() || isConfirmedByAll();
  }

  private boolean isConfirmedByAll() {
    RaftConfiguration members = division.getRaftConf();
    return followers.areConfirmedByAll(ids(members.getCurrentPeers()), self)
        && followers.areConfirmedByAll(ids(members.getPreviousPeers()), self);
  }

  private boolean hasLease() {
    return sinceQuorumAsLeader().compareTo(settings.timing().lease()) < 0;
  }

  /** While the members change, both the old and the new ones must have answered. */
  private Duration sinceQuorumAsLeader() {
    RaftConfiguration members = division.getRaftConf();
    Duration current = followers.sinceQuorum(ids(members.getCurrentPeers()), self);
    if (members.getPreviousPeers().isEmpty()) {
      return current;
    }
    Duration previous = followers.sinceQuorum(ids(members.getPreviousPeers()), self);
    return current.compareTo(previous) > 0 ? current : previous;
  }

  private static List<RaftPeerId> ids(Collection<RaftPeer> peers) {
    return peers.stream().map(RaftPeer::getId).toList();
  }

  /** For people who asked the wrong node. */
  String whyNotLeader() {
    return leader()
        .filter(name -> !name.equals(self.toString()))
        .map(name -> "This node does not lead: the leader is " + name)
        .orElse("No leader is known to this node");
  }

  /** Of one moment: while the role or the term changes, it is read again. */
  GroupStatus read(RoleMonitor.Changes changes) {
    GroupStatus status = readOnce(changes);
    for (int again = 0; again < READ_AGAIN && isOver(status); again++) {
      status = readOnce(changes);
    }
    return status;
  }

  private boolean isOver(GroupStatus status) {
    return status.role() != role() || status.term() != division.getInfo().getCurrentTerm();
  }

  private GroupStatus readOnce(RoleMonitor.Changes changes) {
    DivisionInfo info = division.getInfo();
    Role role = role();
    long term = info.getCurrentTerm();
    Optional<Duration> sinceQuorum = sinceQuorum(role);
    boolean inQuorum =
        sinceQuorum.filter(age -> age.compareTo(settings.timing().max()) < 0).isPresent()
            && leader().isPresent();
    Optional<String> leader = role == Role.SHUTDOWN ? Optional.empty() : leader();
    RaftConfiguration members = division.getRaftConf();
    return new GroupStatus(
        settings.cluster(),
        settings.self().name(),
        bind(),
        settings.self().address(),
        settings.dataCenter(),
        role,
        term,
        votedFor(),
        leader,
        leader.flatMap(this::uriOf),
        role == Role.LEADER && isReadyIn(term),
        inQuorum,
        unhealthy(role, inQuorum),
        indices(),
        role == Role.LEADER ? followersNow(members) : List.of(),
        peers(members.getCurrentPeers()),
        peers(members.getCurrentPeers(RaftPeerRole.LISTENER)),
        sinceQuorum,
        changes.count(),
        changes.last(),
        new GroupStatus.Timeouts(settings.timing().min(), settings.timing().max()),
        drift(members));
  }

  private String bind() {
    String host = settings.bindHost().isEmpty() ? "0.0.0.0" : settings.bindHost();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + settings.bindPort();
  }

  /** The leader as the others announced themselves: the address is of the node that leads now. */
  private Optional<URI> uriOf(String leader) {
    return Optional.ofNullable(machine.position().state().nodes().get(leader))
        .map(ManagerNode::httpUri)
        .filter(text -> !text.isEmpty())
        .map(URI::create);
  }

  private Optional<String> votedFor() {
    try {
      return Optional.ofNullable(division.getRaftStorage().getMetadataFile().getMetadata())
          .map(RaftStorageMetadata::getVotedFor)
          .map(RaftPeerId::toString)
          .filter(name -> !name.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Empty before anything was heard. */
  private Optional<Duration> sinceQuorum(Role role) {
    return switch (role) {
      case LEADER -> Optional.of(sinceQuorumAsLeader());
      case FOLLOWER, LEARNER ->
          Optional.of(division.getInfo().getRoleInfoProto())
              .filter(proto -> proto.hasFollowerInfo() && proto.getFollowerInfo().hasLeaderInfo())
              .map(proto -> proto.getFollowerInfo().getLeaderInfo())
              .map(ServerRpcProto::getLastRpcElapsedTimeMs)
              .map(Duration::ofMillis);
      case CANDIDATE, SHUTDOWN -> Optional.empty();
    };
  }

  private Optional<Unhealthy> unhealthy(Role role, boolean inQuorum) {
    if (inQuorum && role != Role.SHUTDOWN) {
      unhealthy = Optional.empty();
      return unhealthy;
    }
    String reason =
        switch (role) {
          case SHUTDOWN -> "raft has stopped on this node";
          case LEADER -> "this node leads, but a majority does not answer";
          case CANDIDATE -> "no leader, and no majority for this node";
          case FOLLOWER, LEARNER ->
              leader().isEmpty() ? "no leader is known" : "the leader is not heard";
        };
    Instant since = unhealthy.map(Unhealthy::since).orElseGet(clock::instant);
    unhealthy = Optional.of(new Unhealthy(reason, since));
    return unhealthy;
  }

  private Indices indices() {
    LogGauge.Reading reading = gauge.reading();
    long commit = division.getRaftLog().getLastCommittedIndex();
    long applied = machine.position().at().getIndex();
    return new Indices(
        Math.max(reading.last(), Math.max(commit, applied)),
        commit,
        applied,
        snapshotIndex(),
        reading.bytes());
  }

  private long snapshotIndex() {
    var snapshot = machine.getStateMachineStorage().getLatestSnapshot();
    return snapshot == null ? RaftLog.INVALID_LOG_INDEX : snapshot.getIndex();
  }

  private List<Follower> followersNow(RaftConfiguration members) {
    return Stream.concat(
            members.getCurrentPeers().stream(),
            members.getCurrentPeers(RaftPeerRole.LISTENER).stream())
        .filter(peer -> !peer.getId().equals(self))
        .map(this::follower)
        .sorted((left, right) -> left.peer().name().compareTo(right.peer().name()))
        .toList();
  }

  private Follower follower(RaftPeer peer) {
    Optional<FollowerInfo> info = followers.find(peer.getId());
    return new Follower(
        peer(peer),
        info.map(FollowerInfo::getMatchIndex).orElse(RaftLog.INVALID_LOG_INDEX),
        info.map(FollowerInfo::getNextIndex).orElse(0L),
        info.map(FollowerInfo::getLastRpcResponseTime)
            .map(Followers::age)
            .orElse(Followers.FOREVER));
  }

  static List<Peer> peers(Collection<RaftPeer> peers) {
    return peers.stream()
        .map(StatusReader::peer)
        .sorted((left, right) -> left.name().compareTo(right.name()))
        .toList();
  }

  static Peer peer(RaftPeer peer) {
    return new Peer(peer.getId().toString(), peer.getAddress());
  }

  /** The group as it is wins over the file; a difference is somebody's to know. */
  private List<String> drift(RaftConfiguration members) {
    if (settings.voters().isEmpty()) {
      return List.of(); // it joined, and has no list
    }
    List<Peer> now = peers(members.getCurrentPeers());
    List<String> drift = new ArrayList<>();
    for (Peer peer : now) {
      if (settings.voters().stream().noneMatch(other -> other.name().equals(peer.name()))) {
        drift.add(peer.name() + " is a member, and not in RaftNodes");
      }
    }
    for (Peer peer : settings.voters()) {
      Optional<Peer> member =
          now.stream().filter(other -> other.name().equals(peer.name())).findAny();
      if (member.isEmpty()) {
        drift.add(peer.name() + " is in RaftNodes, and not a member");
      } else if (!member.get().address().equals(peer.address())) {
        drift.add(
            "%s is at %s in the group, and at %s in RaftNodes"
                .formatted(peer.name(), member.get().address(), peer.address()));
      }
    }
    return drift;
  }
}
