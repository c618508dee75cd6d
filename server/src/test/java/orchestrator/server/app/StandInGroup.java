package orchestrator.server.app;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Indices;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.GroupStatus.Role;
import orchestrator.server.engine.GroupStatus.Timeouts;
import orchestrator.server.engine.Outcome;

/** A group as a test wants it; one that hands leadership over when it is asked to. */
final class StandInGroup implements Group {
  private static final Peer SELF = new Peer("n1", "127.0.0.1:10008");
  private static final Peer OTHER = new Peer("n2", "127.0.0.2:10008");

  private final AtomicInteger stepDowns = new AtomicInteger();
  private volatile boolean leads;
  private volatile boolean inQuorum;
  private volatile boolean member = true;

  StandInGroup leads(boolean now) {
    leads = now;
    return this;
  }

  StandInGroup inQuorum(boolean now) {
    inQuorum = now;
    return this;
  }

  StandInGroup member(boolean now) {
    member = now;
    return this;
  }

  int stepDowns() {
    return stepDowns.get();
  }

  @Override
  public GroupStatus status() {
    return new GroupStatus(
        "group",
        SELF.name(),
        SELF.address(),
        SELF.address(),
        "",
        leads ? Role.LEADER : Role.FOLLOWER,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        leads,
        inQuorum,
        Optional.empty(),
        new Indices(1, 1, 1, -1, 0),
        List.of(),
        member ? List.of(SELF, OTHER) : List.of(),
        List.of(),
        Optional.empty(),
        0,
        Optional.empty(),
        new Timeouts(Duration.ofMillis(400), Duration.ofMillis(800)),
        List.of());
  }

  @Override
  public boolean awaitReady() {
    return status().ready();
  }

  @Override
  public void onRoleChange(Consumer<RoleChange> listener) {}

  @Override
  public Outcome<Peer> addPeer(String address, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Outcome<Peer> removePeer(String peer, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Outcome<Peer> yieldTo(String peer, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Outcome<Peer> yieldToHint(String hint, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Outcome<Peer> stepDown(Duration limit) {
    leads = false;
    stepDowns.incrementAndGet();
    return new Outcome.Ok<>(OTHER);
  }

  @Override
  public Outcome<Long> snapshot(Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String newCommandId() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CommandFate fateOf(String commandId) {
    return CommandFate.UNKNOWN;
  }

  @Override
  public StateDigest digest() {
    return new StateDigest(0, "");
  }
}
