package orchestrator.server.raft;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Follower;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;

/** Changes who belongs to the group, and who leads it. */
final class Members {
  private static final Pattern ADDRESS =
      Pattern.compile("([a-z0-9.-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?");

  private static final Duration ANSWER_POLL = Duration.ofMillis(20);
  private static final int TRANSFER_ELECTIONS = 3;

  private final RaftServer server;
  private final RaftServer.Division division;
  private final ClientId client;
  private final AtomicLong callIds;
  private final Supplier<GroupStatus> status;
  private final int defaultPort;

  /**
   * @param defaultPort of members that are named without one
   */
  Members(
      RaftServer server,
      RaftServer.Division division,
      ClientId client,
      AtomicLong callIds,
      Supplier<GroupStatus> status,
      int defaultPort) {
    this.server = server;
    this.division = division;
    this.client = client;
    this.callIds = callIds;
    this.status = status;
    this.defaultPort = defaultPort;
  }

  static List<RaftPeer> peers(Collection<Peer> peers) {
    return peers.stream().map(Members::peer).toList();
  }

  private static RaftPeer peer(Peer peer) {
    return RaftPeer.newBuilder().setId(peer.name()).setAddress(peer.address()).build();
  }

  Outcome<Peer> add(String text, Duration limit) {
    GroupStatus now = status.get();
    Optional<String> refusal = whyNotNow(now);
    if (refusal.isPresent()) {
      return Outcome.failed(Failure.UNAVAILABLE, refusal.get());
    }
    Optional<Peer> parsed = parse(text);
    if (parsed.isEmpty()) {
      return Outcome.failed(
          Failure.BAD_REQUEST,
          "Not the address of a node: %s. Use host:port, or name=host:port".formatted(text));
    }
    Peer added = parsed.get();
    if (find(now, added.name()).isPresent() || find(now, added.address()).isPresent()) {
      return Outcome.failed(Failure.CONFLICT, added.name() + " is a member already");
    }
    List<Peer> voters = new ArrayList<>(now.voters());
    voters.add(added);
    return configure(now, voters, limit).map(done -> added).then(peer -> Outcome.<Peer>ok(peer));
  }

  /** As in the configuration. */
  private Optional<Peer> parse(String text) {
    int equals = text.indexOf('=');
    String name = text.substring(0, Math.max(0, equals)).trim();
    return address(text.substring(equals + 1))
        .filter(address -> equals < 0 || !name.isEmpty())
        .map(address -> new Peer(equals < 0 ? address : name, address));
  }

  private Optional<String> address(String text) {
    Matcher parts = ADDRESS.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return Optional.empty();
    }
    String port = Optional.ofNullable(parts.group(2)).orElse(String.valueOf(defaultPort));
    int number = Integer.parseInt(port);
    return Optional.of(parts.group(1) + ":" + number)
        .filter(whole -> number >= 1 && number <= 65535 && RaftSettings.isUsable(whole));
  }

  Outcome<Peer> remove(String text, Duration limit) {
    GroupStatus now = status.get();
    Optional<String> refusal = whyNotNow(now);
    if (refusal.isPresent()) {
      return Outcome.failed(Failure.UNAVAILABLE, refusal.get());
    }
    Optional<Peer> removed = find(now, text);
    if (removed.isEmpty()) {
      return unknown(now, text);
    }
    if (removed.get().name().equals(now.node())) {
      return Outcome.failed(
          Failure.CONFLICT,
          "This node leads, and cannot remove itself: hand over first (raft-yield)");
    }
    List<Peer> rest = now.voters().stream().filter(peer -> !peer.equals(removed.get())).toList();
    long alive = answering(rest);
    if (alive < rest.size() / 2 + 1) {
      return Outcome.failed(
          Failure.CONFLICT,
          "Without %s only %d of %d members would be alive, which is no majority"
              .formatted(removed.get().name(), alive, rest.size()));
    }
    return configure(now, rest, limit).map(done -> removed.get());
  }

  /**
   * How many of these answer now: of one that died a moment ago the last answer is still young.
   * Waits until they are a majority, as long as it takes to find out that they are not.
   */
  private long answering(List<Peer> peers) {
    long start = System.nanoTime();
    while (true) {
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      GroupStatus now = status.get();
      long alive = peers.stream().filter(peer -> hasAnswered(now, peer, waited)).count();
      if (alive > peers.size() / 2 || waited.compareTo(now.timeouts().max().multipliedBy(2)) > 0) {
        return alive;
      }
      LockSupport.parkNanos(ANSWER_POLL.toNanos());
    }
  }

  private static boolean isAlive(GroupStatus now, Peer peer) {
    return hasAnswered(now, peer, now.timeouts().max().multipliedBy(2));
  }

  private static boolean hasAnswered(GroupStatus now, Peer peer, Duration within) {
    return peer.name().equals(now.node())
        || now.followers().stream()
            .anyMatch(follower ->
                follower.peer().equals(peer) && follower.lastContact().compareTo(within) < 0);
  }

  /** Refused if the members are others by now than they were when the change was thought out. */
  Outcome<RaftClientReply> configure(GroupStatus thought, List<Peer> voters, Duration limit) {
    List<RaftPeer> learners =
        List.copyOf(division.getRaftConf().getAllPeers(RaftPeerRole.LISTENER));
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(peers(thought.voters()))
            .setListenersInCurrentConf(learners)
            .setServersInNewConf(peers(voters))
            .setListenersInNewConf(learners)
            .build();
    return await(
        () ->
            server.setConfigurationAsync(
                new SetConfigurationRequest(
                    client, server.getId(), groupId(), callIds.incrementAndGet(), arguments)),
        limit,
        "The change of the members");
  }

  Outcome<Peer> yieldTo(String text, Duration limit) {
    GroupStatus now = status.get();
    Optional<Peer> peer = find(now, text);
    if (peer.isEmpty()) {
      return unknown(now, text);
    }
    return now.isLeader() && answering(List.of(peer.get())) == 0
        ? Outcome.failed(Failure.CONFLICT, peer.get().name() + " does not answer: it cannot lead")
        : transfer(now, peer.get(), limit);
  }

  Outcome<Peer> yieldToHint(String hint, Duration limit) {
    GroupStatus now = status.get();
    String wanted = hint.toLowerCase(Locale.ROOT);
    if (wanted.isEmpty()) {
      return Outcome.failed(Failure.BAD_REQUEST, "The hint is empty: name a part of a node's name");
    }
    List<Peer> matching =
        now.voters().stream()
            .filter(peer ->
                peer.name().toLowerCase(Locale.ROOT).contains(wanted)
                    || peer.address().toLowerCase(Locale.ROOT).contains(wanted))
            .toList();
    if (matching.isEmpty()) {
      return unknown(now, hint);
    }
    if (matching.stream().anyMatch(peer -> peer.name().equals(now.node())) && now.isLeader()) {
      return Outcome.ok(new Peer(now.node(), now.advertised()));
    }
    return mostCurrent(now, matching)
        .map(peer -> transfer(now, peer, limit))
        .orElseGet(
            () -> Outcome.failed(Failure.CONFLICT, "None of " + matching + " is up to date"));
  }

  Outcome<Peer> stepDown(Duration limit) {
    GroupStatus now = status.get();
    if (!now.isLeader()) {
      return Outcome.failed(Failure.CONFLICT, "This node does not lead");
    }
    return mostCurrent(now, now.voters())
        .map(peer -> transfer(now, peer, limit))
        .orElseGet(() -> Outcome.failed(Failure.CONFLICT, "No other voter is alive"));
  }

  private static Optional<Peer> mostCurrent(GroupStatus now, List<Peer> among) {
    return now.followers().stream()
        .filter(follower -> among.contains(follower.peer()) && isAlive(now, follower.peer()))
        .max(Comparator.comparingLong(Follower::match))
        .map(Follower::peer);
  }

  /**
   * Until the other one leads, or the time is up, this leader takes no commands: so the time is
   * that of a few elections, however long the caller would wait.
   */
  private Outcome<Peer> transfer(GroupStatus now, Peer to, Duration callersLimit) {
    if (!now.isLeader()) {
      return Outcome.failed(Failure.UNAVAILABLE, "This node does not lead");
    }
    if (to.name().equals(now.node())) {
      return Outcome.ok(to);
    }
    Duration election = now.timeouts().max().multipliedBy(TRANSFER_ELECTIONS);
    Duration limit = callersLimit.compareTo(election) < 0 ? callersLimit : election;
    Outcome<RaftClientReply> outcome =
        await(
            () ->
                server.transferLeadershipAsync(
                    new TransferLeadershipRequest(
                        client,
                        server.getId(),
                        groupId(),
                        callIds.incrementAndGet(),
                        RaftPeerId.valueOf(to.name()),
                        limit.toMillis())),
            limit.plusMillis(500),
            "Handing over to " + to.name());
    Optional<String> leader = status.get().leader();
    if (outcome instanceof Outcome.Ok || leader.filter(to.name()::equals).isPresent()) {
      return Outcome.ok(to);
    }
    return Outcome.failed(
        Failure.CONFLICT,
        "%s did not take over: %s leads now. Ask again"
            .formatted(to.name(), leader.orElse("nobody yet")));
  }

  Outcome<Long> snapshot(Duration limit) {
    return await(
            () ->
                server.snapshotManagementAsync(
                    SnapshotManagementRequest.newCreate(
                        client,
                        server.getId(),
                        groupId(),
                        callIds.incrementAndGet(),
                        limit.toMillis(),
                        1)),
            limit.plusMillis(500),
            "The snapshot")
        .then(reply ->
            reply.getLogIndex() < 0
                ? Outcome.failed(
                    Failure.CONFLICT,
                    "No snapshot was made; the log of this node says why. Try again in half a minute")
                : Outcome.ok(reply.getLogIndex()));
  }

  private RaftGroupId groupId() {
    return division.getMemberId().getGroupId();
  }

  private static Optional<String> whyNotNow(GroupStatus now) {
    return now.ready()
        ? Optional.empty()
        : Optional.of("Only the leader changes the members, and this node is not the ready leader");
  }

  private Optional<Peer> find(GroupStatus now, String text) {
    Optional<String> address = address(text);
    return now.voters().stream()
        .filter(peer ->
            peer.name().equalsIgnoreCase(text)
                || address.filter(peer.address()::equals).isPresent())
        .findAny();
  }

  private static <T> Outcome<T> unknown(GroupStatus now, String text) {
    return Outcome.failed(
        Failure.NOT_FOUND,
        "No such member: %s; there are %s"
            .formatted(text, now.voters().stream().map(Peer::name).toList()));
  }

  /** A request to Ratis. */
  private interface Request {
    CompletableFuture<RaftClientReply> send() throws IOException;
  }

  private static Outcome<RaftClientReply> await(Request request, Duration limit, String what) {
    try {
      RaftClientReply reply = request.send().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return reply.isSuccess()
          ? Outcome.ok(reply)
          : Outcome.failed(
              Failure.CONFLICT, what + " failed: " + reply.getException().getMessage());
    } catch (TimeoutException e) {
      return Outcome.failed(
          Failure.UNKNOWN, what + " was not done within " + limit.toMillis() + " ms");
    } catch (IOException e) {
      return Outcome.failed(Failure.CONFLICT, what + " failed: " + e.getMessage());
    } catch (ExecutionException e) {
      return Outcome.failed(Failure.CONFLICT, what + " failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(Failure.UNKNOWN, what + " was interrupted");
    }
  }
}
