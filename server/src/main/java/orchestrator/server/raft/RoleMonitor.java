package orchestrator.server.raft;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each change of this node's role, term or leader, in one line each. Ratis tells of new
 * leaders only, so the role is looked at often. What was too short to be seen follows from what is:
 * nobody leads who did not stand, nor in two terms without having followed between them.
 */
final class RoleMonitor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RoleMonitor.class);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Set<Role> STAND = EnumSet.of(Role.CANDIDATE, Role.LEADER);

  /** How often the leader changed, and when last. */
  record Changes(long count, Optional<Instant> last) {}

  /** What is watched. */
  record Seen(Role role, long term, Optional<String> leader) {}

  private record Lead(String leader, long term) {}

  private final Supplier<Seen> current;
  private final LongFunction<List<String>> electors;
  private final InstantSource clock;
  private final Semaphore alarm = new Semaphore(0);
  private final List<Consumer<RoleChange>> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile Changes changes = new Changes(0, Optional.empty());
  private volatile boolean closed;
  private Seen seen;

  /** The latest that was known, empty names nobody. */
  private Lead lead = new Lead("", -1);

  private String failure = "";

  /**
   * @param startingTerm the one that the node's directory held when it started, as a follower: what
   *     it is by the first look may be more
   * @param current looks now
   * @param electors told a term in which this node leads; who voted for it
   */
  RoleMonitor(
      long startingTerm,
      Supplier<Seen> current,
      LongFunction<List<String>> electors,
      Tenure tenure,
      InstantSource clock) {
    this.seen = new Seen(Role.FOLLOWER, startingTerm, Optional.empty());
    this.current = current;
    this.electors = electors;
    this.clock = clock;
    this.thread = new Thread(this::watch, "raft-role");
    thread.setDaemon(true);
    tenure.onAlarm(alarm::release);
  }

  void start() {
    log.info("role {}, term {}: starts with what its directory holds", seen.role(), seen.term());
    thread.start();
  }

  void onChange(Consumer<RoleChange> listener) {
    listeners.add(listener);
  }

  Changes changes() {
    return changes;
  }

  private void watch() {
    while (!closed) {
      try {
        lookSafely();
        if (alarm.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          alarm.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Goes on whatever happens, as nobody else tells of roles. */
  private void lookSafely() {
    try {
      look();
      failure = "";
    } catch (RuntimeException e) {
      if (!e.toString().equals(failure)) {
        failure = e.toString();
        log.error("The role cannot be looked at", e);
      }
    }
  }

  private void look() {
    Seen now = current.get();
    if (now.equals(seen)) {
      return;
    }
    Seen before = seen;
    if (leadsInAnotherTerm(before, now) && !current.get().equals(now)) {
      return; // its term rose before its role was changed: the next look tells
    }
    seen = now;
    now.leader().ifPresent(leader -> count(new Lead(leader, now.term())));
    Role from = before.role();
    for (Role to : passed(before, now)) {
      tell(new RoleChange(from, to, now.term(), now.leader(), reason(to, now)));
      from = to;
    }
    if (now.role() == before.role() && !now.leader().equals(before.leader())) {
      log.info("role {}, term {}: {}", now.role(), now.term(), reason(now.role(), now));
    }
  }

  private static boolean leadsInAnotherTerm(Seen before, Seen now) {
    return before.role() == Role.LEADER && now.role() == Role.LEADER && before.term() != now.term();
  }

  /** Losing the leader for a moment, and hearing it again in its term, is no change of it. */
  private void count(Lead known) {
    if (!known.equals(lead)) {
      lead = known;
      changes = new Changes(changes.count() + 1, Optional.of(clock.instant()));
    }
  }

  /** The roles that this node took, in order, the present one last. */
  private static List<Role> passed(Seen before, Seen now) {
    List<Role> roles = new ArrayList<>(List.of(before.role()));
    if (leadsInAnotherTerm(before, now)
        || (before.role() == Role.LEADER && now.role() == Role.CANDIDATE)) {
      roles.add(Role.FOLLOWER);
    }
    if (now.role() == Role.LEADER && !STAND.contains(roles.getLast())) {
      roles.add(Role.CANDIDATE);
    }
    if (now.role() != roles.getLast()) {
      roles.add(now.role());
    }
    return roles.subList(1, roles.size());
  }

  private String reason(Role role, Seen now) {
    return switch (role) {
      case LEADER -> "votes of " + String.join(", ", electors.apply(now.term()));
      case CANDIDATE -> "no leader was heard: asks for votes";
      case FOLLOWER, LEARNER ->
          now.leader()
              .filter(name -> now.role() == role)
              .map(name -> "follows " + name)
              .orElse("no leader is known");
      case SHUTDOWN -> "raft has stopped";
    };
  }

  private void tell(RoleChange change) {
    log.info(
        "role {} → {}, term {}, leader {}: {}",
        change.from(),
        change.to(),
        change.term(),
        change.leader().orElse("unknown"),
        change.reason());
    for (Consumer<RoleChange> listener : listeners) {
      try {
        listener.accept(change);
      } catch (RuntimeException e) {
        log.error("A listener of the role failed", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
