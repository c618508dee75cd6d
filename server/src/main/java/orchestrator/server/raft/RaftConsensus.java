package orchestrator.server.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.server.codec.StateCodec;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Projection;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ExitUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of a raft group. */
public final class RaftConsensus implements Consensus, Group {
  private static final Logger log = LoggerFactory.getLogger(RaftConsensus.class);
  private static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(2);
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

  private final StateCodec codec = new StateCodec();
  private final ClientId client = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();
  private final Submissions submissions = new Submissions();
  private final Followers followers = new Followers();
  private final AtomicBoolean leaving = new AtomicBoolean();
  private final RaftSettings.Timing timing;
  private final GroupDirectory directory;
  private final CommandMachine machine;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final LogGauge gauge;
  private final StatusReader status;
  private final RoleMonitor monitor;
  private final FollowerWatch followerWatch;
  private final Reconnection reconnection;
  final Members members;
  private final Fates fates;

  static {
    // A failure of Ratis is this program's to explain: it must not end the process by itself.
    ExitUtils.disableSystemExit();
    PeerCalls.install();
  }

  private RaftConsensus(
      RaftSettings settings,
      Function<String, Projection> projections,
      InstantSource clock,
      Consumer<String> onDoom)
      throws IOException {
    this.timing = settings.timing();
    this.directory =
        GroupDirectory.prepare(settings.directory(), settings.cluster(), settings.self().name());
    refuseTakenPort(settings);
    Tenure tenure = new Tenure(timing);
    CommandMachine.Doom doom =
        reason -> {
          if (!leaving.get()) {
            onDoom.accept(reason);
          }
        };
    Abandoned abandoned = new Abandoned();
    this.machine =
        new CommandMachine(
            client,
            submissions,
            abandoned,
            projections.apply(directory.incarnation()),
            tenure,
            doom);
    Voting voting =
        new Voting(
            directory.groupId(),
            settings.self().name(),
            new Probation(
                directory.isOnProbation(),
                settings.otherVoters(),
                () -> machine.position().at(),
                directory::endProbation,
                System::nanoTime));
    RaftPeerId self = RaftPeerId.valueOf(settings.self().name());
    PeerCalls.watch(directory.groupId(), self, voting);
    // What its log says of the members wins; one that joins knows them from there alone.
    List<RaftPeer> founders = settings.join() ? List.of() : Members.peers(settings.voters());
    this.server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(RaftGroup.valueOf(directory.groupId(), founders))
            .setStateMachine(machine)
            .setProperties(RatisProperties.of(settings))
            .setParameters(RatisProperties.parameters(settings, followers, voting))
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    server.start();
    this.division = server.getDivision(directory.groupId());
    this.gauge = new LogGauge(this::lastEntry, directory::logBytes);
    this.status = new StatusReader(settings, gauge, division, machine, followers, tenure, clock);
    this.monitor =
        new RoleMonitor(machine.startingTerm(), status::seen, voting::leads, tenure, clock);
    this.fates = new Fates(machine, status, abandoned, this::lastEntry);
    this.members =
        new Members(server, division, client, callIds, this::status, settings.defaultPort());
    this.followerWatch = new FollowerWatch(division, followers, timing, this::commitNothing);
    this.reconnection = new Reconnection(server, division, timing);
    this.gauge.start();
    this.monitor.start();
    this.followerWatch.start();
    this.reconnection.start();
  }

  /** Waits for whoever writes to the log: an entry that is being written counts. */
  private long lastEntry() {
    RaftLog raftLog = division.getRaftLog();
    return Optional.ofNullable(raftLog.getLastEntryTermIndex())
        .map(TermIndex::getIndex)
        .orElseGet(raftLog::getSnapshotIndex);
  }

  private void commitNothing() {
    log.debug("A node is back: {}", submit(List.of(), COMMIT_LIMIT));
  }

  /**
   * Starts the node's part in the group: as a follower, with the term and the log that it had.
   *
   * @param projections for the name of a log: gets to see what is applied
   * @param onDoom called when this node cannot go on: the process must end, with this message
   * @throws RaftException when it cannot start; says what to do
   */
  public static RaftConsensus start(
      RaftSettings settings,
      Function<String, Projection> projections,
      InstantSource clock,
      Consumer<String> onDoom) {
    try {
      return new RaftConsensus(settings, projections, clock, onDoom);
    } catch (IOException | RuntimeException e) {
      throw explained(settings, e);
    }
  }

  /** Ratis would end the process without saying which address it was. */
  private static void refuseTakenPort(RaftSettings settings) {
    String host = settings.bindHost();
    try (ServerSocket probe =
        new ServerSocket(
            settings.bindPort(), 1, host.isEmpty() ? null : InetAddress.getByName(host))) {
      log.debug("{} is free", probe);
    } catch (IOException e) {
      throw new RaftException(
          "Cannot listen for raft on %s:%d: %s. Is another node running here? See RaftBind"
              .formatted(host, settings.bindPort(), e.getMessage()),
          e);
    }
  }

  private static RaftException explained(RaftSettings settings, Exception failure) {
    Throwable cause = failure;
    String last = failure.toString();
    while (cause != null) {
      if (cause instanceof RaftException known) {
        return known;
      }
      last = Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
      cause = cause.getCause();
    }
    return new RaftException(
        "Cannot start raft in %s: %s. %s"
            .formatted(settings.directory(), last, GroupDirectory.REJOIN),
        failure);
  }

  @Override
  public ReplicatedState state() {
    return machine.position().state();
  }

  @Override
  public Submission submit(List<Command> commands, Duration deadline) {
    return submit(commands, deadline, CommandId.of(division.getInfo().getCurrentTerm()));
  }

  @Override
  public Submission submit(List<Command> commands, Duration deadline, String commandId) {
    Optional<CommandId> id = CommandId.parse(commandId);
    if (id.isEmpty() || machine.recent().find(id.get()).isPresent()) {
      return new Submission.Rejected("Not an id for a command, or a used one: " + commandId);
    }
    return submit(commands, deadline, id.get());
  }

  @Override
  public String newCommandId() {
    return CommandId.of(division.getInfo().getCurrentTerm()).toString();
  }

  private Submission submit(List<Command> commands, Duration deadline, CommandId id) {
    byte[] entry = new Entry(id, commands).encode(codec);
    if (entry.length > RatisProperties.MAX_ENTRY_BYTES) {
      return new Submission.Rejected(
          "Too large: %d bytes, at most %d"
              .formatted(entry.length, RatisProperties.MAX_ENTRY_BYTES));
    }
    if (!division.getInfo().isLeader()) {
      return new Submission.Rejected(status.whyNotLeader());
    }
    Submissions.Waiting waiting = submissions.expect(id);
    var _ =
        send(entry)
            .whenComplete((reply, failure) -> {
              if (failure != null) {
                waiting.onFailure(String.valueOf(failure.getMessage()));
              } else if (!reply.isSuccess()) {
                waiting.onFailure(String.valueOf(reply.getException().getMessage()));
              }
            });
    return submissions.await(id, waiting, deadline);
  }

  private CompletableFuture<RaftClientReply> send(byte[] entry) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(server.getId())
            .setGroupId(directory.groupId())
            .setCallId(callIds.incrementAndGet())
            .setMessage(Message.valueOf(ByteString.copyFrom(entry)))
            .setType(RaftClientRequest.writeRequestType())
            .build();
    try {
      return server.submitClientRequestAsync(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(new CompletionException(e));
    }
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Optional<Leadership> leadership() {
    long term = division.getInfo().getCurrentTerm();
    return isSteadyIn(term) ? Optional.of(new Held(term)) : Optional.empty();
  }

  /**
   * Whether this node is ready in this term, perhaps after a moment: on a busy machine an answer
   * comes late, and is no reason to break off what the leader does. One that has lost its quorum
   * steps down meanwhile.
   */
  private boolean isSteadyIn(long term) {
    long began = System.nanoTime();
    while (!status.isReadyIn(term)) {
      boolean tooLong = System.nanoTime() - began > timing.max().toNanos();
      if (tooLong || !status.leadsIn(term) || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return true;
  }

  private final class Held implements Leadership {
    private final long term;

    Held(long term) {
      this.term = term;
    }

    @Override
    public long term() {
      return term;
    }

    @Override
    public boolean isValid() {
      return isSteadyIn(term);
    }
  }

  @Override
  public Optional<String> failure() {
    return status().unhealthy().map(GroupStatus.Unhealthy::reason);
  }

  @Override
  public void onApplied(Consumer<ReplicatedState> listener) {
    machine.onApplied(listener);
  }

  @Override
  public GroupStatus status() {
    return status.read(monitor.changes());
  }

  @Override
  public boolean awaitReady() {
    return isSteadyIn(division.getInfo().getCurrentTerm());
  }

  @Override
  public void onRoleChange(Consumer<RoleChange> listener) {
    monitor.onChange(listener);
  }

  @Override
  public Outcome<GroupStatus.Peer> addPeer(String address, Duration limit) {
    return members.add(address, limit);
  }

  @Override
  public Outcome<GroupStatus.Peer> removePeer(String peer, Duration limit) {
    return members.remove(peer, limit);
  }

  @Override
  public Outcome<GroupStatus.Peer> yieldTo(String peer, Duration limit) {
    return members.yieldTo(peer, limit);
  }

  @Override
  public Outcome<GroupStatus.Peer> yieldToHint(String hint, Duration limit) {
    return members.yieldToHint(hint, limit);
  }

  @Override
  public Outcome<GroupStatus.Peer> stepDown(Duration limit) {
    return members.stepDown(limit);
  }

  @Override
  public Outcome<Long> snapshot(Duration limit) {
    return members.snapshot(limit);
  }

  @Override
  public CommandFate fateOf(String commandId) {
    return CommandId.parse(commandId).map(fates::of).orElse(CommandFate.UNKNOWN);
  }

  @Override
  public StateDigest digest() {
    CommandMachine.Position position = machine.position();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(codec.state().encode(position.state()));
      return new StateDigest(position.at().getIndex(), HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  /** Has another node lead, so that nobody has to find out by waiting. Nothing on a follower. */
  public void handOver() {
    if (division.getInfo().isLeader() && status().voters().size() > 1) {
      switch (members.stepDown(HAND_OVER_LIMIT)) {
        case Outcome.Ok<GroupStatus.Peer>(GroupStatus.Peer peer) ->
            log.info("Handed over to {}", peer.name());
        case Outcome.Failed<GroupStatus.Peer> failed ->
            log.warn("Not handed over, the others will find out: {}", failed.message());
      }
    }
  }

  /** Leaves; whoever leads hands over first. */
  @Override
  public void close() {
    if (!leaving.compareAndSet(false, true)) {
      return;
    }
    handOver();
    monitor.close();
    gauge.close();
    followerWatch.close();
    reconnection.close();
    PeerCalls.forget(directory.groupId(), server.getId());
    try {
      server.close();
    } catch (IOException e) {
      log.warn("Closing raft: {}", e.toString());
    }
  }
}
