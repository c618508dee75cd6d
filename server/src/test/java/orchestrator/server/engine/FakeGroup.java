package orchestrator.server.engine;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import orchestrator.server.engine.GroupStatus.Follower;
import orchestrator.server.engine.GroupStatus.Indices;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.GroupStatus.Role;
import orchestrator.server.engine.GroupStatus.Timeouts;
import orchestrator.server.engine.GroupStatus.Unhealthy;
import orchestrator.server.engine.Outcome.Failure;

/**
 * The group as one of three nodes, {@code n1}, {@code n2} and {@code n3}, sees it: what a test says
 * it sees.
 */
public final class FakeGroup implements Group {
  public static final Instant CHANGED = Instant.parse("2026-01-02T03:04:05Z");
  public static final List<Peer> VOTERS =
      List.of(
          new Peer("n1", "10.0.0.1:10008"),
          new Peer("n2", "10.0.0.2:10008"),
          new Peer("n3", "10.0.0.3:10008"));

  /** Of the ids of commands, all but the term. */
  public static final String COMMAND = "8c5b1b3e-0000-4000-8000-000000000001";

  /** What was asked for, in words. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  private final List<Consumer<RoleChange>> listeners = new CopyOnWriteArrayList<>();
  private volatile GroupStatus status;
  private volatile Optional<Failure> failure = Optional.empty();

  private FakeGroup(GroupStatus status) {
    this.status = status;
  }

  /** Node {@code n<number>}, which knows no leader. */
  public static FakeGroup node(int number) {
    Peer self = VOTERS.get(number - 1);
    return new FakeGroup(
        new GroupStatus(
            "group-1",
            self.name(),
            "0.0.0.0:10008",
            self.address(),
            "dc" + number,
            Role.CANDIDATE,
            7,
            Optional.of(self.name()),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            Optional.of(new Unhealthy("no leader is known", CHANGED)),
            new Indices(100, 99, 98, 50, 4096),
            List.of(),
            VOTERS,
            List.of(),
            Optional.of(Duration.ofSeconds(9)),
            3,
            Optional.of(CHANGED),
            new Timeouts(Duration.ofMillis(600), Duration.ofMillis(1200)),
            List.of("n4 is in the file only")));
  }

  /** It leads, is ready, and has just heard the others. */
  public FakeGroup leads(String uri) {
    List<Follower> others = new ArrayList<>();
    for (Peer peer : VOTERS) {
      if (!peer.name().equals(status.node())) {
        others.add(new Follower(peer, 97, 101, Duration.ofMillis(40)));
      }
    }
    return is(s -> changed(s, Role.LEADER, Optional.of(s.node()), uri, true, others));
  }

  /** It may not act: it has just been elected, or does not hear a quorum. */
  public FakeGroup butIsNotReady() {
    return is(s ->
        changed(
            s,
            s.role(),
            s.leader(),
            s.leaderUri().map(URI::toString).orElse(""),
            false,
            s.followers()));
  }

  /** It follows a leader that serves at an address; an empty one has not been told yet. */
  public FakeGroup follows(String leader, String uri) {
    return is(s -> changed(s, Role.FOLLOWER, Optional.of(leader), uri, false, List.of()));
  }

  /** It knows no leader. */
  public FakeGroup isAlone() {
    GroupStatus alone = node(Integer.parseInt(status.node().substring(1))).status();
    return is(s -> alone);
  }

  /** It is as a test makes it. */
  public FakeGroup is(UnaryOperator<GroupStatus> change) {
    status = change.apply(status);
    return this;
  }

  public FakeGroup fails(Failure kind) {
    failure = Optional.of(kind);
    return this;
  }

  private static GroupStatus changed(
      GroupStatus s,
      Role role,
      Optional<String> leader,
      String uri,
      boolean ready,
      List<Follower> followers) {
    return new GroupStatus(
        s.groupId(),
        s.node(),
        s.bind(),
        s.advertised(),
        s.dataCenter(),
        role,
        s.term(),
        s.votedFor(),
        leader,
        uri.isEmpty() ? Optional.empty() : Optional.of(URI.create(uri)),
        ready,
        true,
        Optional.empty(),
        s.indices(),
        followers,
        s.voters(),
        s.learners(),
        Optional.of(Duration.ofMillis(120)),
        s.leaderChanges(),
        s.lastLeaderChange(),
        s.timeouts(),
        s.drift());
  }

  /** Tells the listeners. */
  public void tell(RoleChange change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  @Override
  public GroupStatus status() {
    return status;
  }

  @Override
  public boolean awaitReady() {
    return status().ready();
  }

  @Override
  public void onRoleChange(Consumer<RoleChange> listener) {
    listeners.add(listener);
  }

  private <T> Outcome<T> answer(String what, T value) {
    asked.add(what);
    return failure
        .<Outcome<T>>map(kind -> Outcome.failed(kind, "It fails as asked"))
        .orElseGet(() -> Outcome.ok(value));
  }

  private Outcome<Peer> peer(String what, String nameOrAddress) {
    return VOTERS.stream()
        .filter(p -> p.name().equals(nameOrAddress) || p.address().equals(nameOrAddress))
        .findFirst()
        .map(found -> answer(what + " " + nameOrAddress, found))
        .orElseGet(() -> Outcome.failed(Failure.NOT_FOUND, "No such node: " + nameOrAddress));
  }

  @Override
  public Outcome<Peer> addPeer(String address, Duration limit) {
    String name = address.contains("=") ? address.substring(0, address.indexOf('=')) : address;
    return answer("add " + address, new Peer(name, address.substring(address.indexOf('=') + 1)));
  }

  @Override
  public Outcome<Peer> removePeer(String peer, Duration limit) {
    return peer("remove", peer);
  }

  @Override
  public Outcome<Peer> yieldTo(String peer, Duration limit) {
    return peer("yield to", peer);
  }

  @Override
  public Outcome<Peer> yieldToHint(String hint, Duration limit) {
    return VOTERS.stream()
        .filter(p -> p.name().contains(hint))
        .findFirst()
        .map(found -> answer("yield to hint " + hint, found))
        .orElseGet(() -> Outcome.failed(Failure.NOT_FOUND, "No node has it in its name: " + hint));
  }

  @Override
  public Outcome<Peer> stepDown(Duration limit) {
    return answer("step down", VOTERS.get(1));
  }

  @Override
  public Outcome<Long> snapshot(Duration limit) {
    return answer("snapshot", 98L);
  }

  @Override
  public String newCommandId() {
    return status.term() + "-" + COMMAND;
  }

  @Override
  public CommandFate fateOf(String commandId) {
    asked.add("fate of " + commandId);
    return CommandFate.valueOf(commandId);
  }

  @Override
  public StateDigest digest() {
    return new StateDigest(0, "");
  }
}
