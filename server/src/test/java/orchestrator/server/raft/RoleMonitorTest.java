package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus.Role;
import orchestrator.server.raft.RoleMonitor.Seen;
import org.junit.jupiter.api.Test;

/** Nobody else tells of a change of role. */
class RoleMonitorTest {
  private static final Seen FOLLOWS = new Seen(Role.FOLLOWER, 3, Optional.of("n2"));
  private static final Seen LEADS = new Seen(Role.LEADER, 4, Optional.of("n1"));

  private final AtomicReference<Supplier<Seen>> role = new AtomicReference<>(() -> FOLLOWS);
  private final AtomicInteger looks = new AtomicInteger();
  private final List<RoleChange> told = new CopyOnWriteArrayList<>();

  private Seen look() {
    looks.incrementAndGet();
    return role.get().get();
  }

  private RoleMonitor monitor() {
    Tenure tenure = new Tenure(Timeouts.DEFAULT.timing());
    RoleMonitor monitor =
        new RoleMonitor(3, this::look, term -> List.of("n1", "n3"), tenure, InstantSource.system());
    monitor.onChange(told::add);
    return monitor;
  }

  private void awaitLooks(int more) {
    int before = looks.get();
    await().until(() -> looks.get() >= before + more);
  }

  @Test
  void changesAreToldAfterAFailureToo() {
    try (RoleMonitor monitor = monitor()) {
      monitor.onChange(change -> {
        throw new IllegalStateException("as asked");
      });
      monitor.start();
      awaitLooks(2);
      role.set(() -> {
        throw new IllegalStateException("as asked");
      });
      awaitLooks(3);
      role.set(() -> LEADS);
      await().until(() -> told.size() == 2);
      role.set(() -> FOLLOWS);
      await().until(() -> told.size() == 3);
    }
    assertThat(told)
        .extracting(RoleChange::to)
        .containsExactly(Role.CANDIDATE, Role.LEADER, Role.FOLLOWER);
    assertThat(told.get(1).reason()).isEqualTo("votes of n1, n3");
  }

  @Test
  void whatWasTooShortToBeSeenIsToldAsWell() {
    Seen leadsAgain = new Seen(Role.LEADER, 6, Optional.of("n1"));
    try (RoleMonitor monitor = monitor()) {
      monitor.start();
      awaitLooks(2);
      role.set(() -> LEADS);
      await().until(() -> told.size() == 2);
      role.set(() -> leadsAgain);
      await().until(() -> told.size() == 5);
      assertThat(monitor.changes().count()).as("n2, n1, n1 again").isEqualTo(3);
    }
    assertThat(told)
        .extracting(change -> change.from() + " " + change.to() + " " + change.term())
        .containsExactly(
            "FOLLOWER CANDIDATE 4",
            "CANDIDATE LEADER 4",
            "LEADER FOLLOWER 6",
            "FOLLOWER CANDIDATE 6",
            "CANDIDATE LEADER 6");
  }

  /** Ratis sets the term first. */
  @Test
  void aLeaderWhoseTermRisesIsNotTakenForALeaderOfThatTerm() {
    Queue<Seen> next =
        new ConcurrentLinkedQueue<>(
            List.of(
                FOLLOWS,
                LEADS,
                new Seen(Role.LEADER, 5, Optional.of("n1")),
                new Seen(Role.FOLLOWER, 5, Optional.empty())));
    role.set(() -> next.size() > 1 ? next.remove() : next.element());
    try (RoleMonitor monitor = monitor()) {
      monitor.start();
      await().until(() -> told.size() == 3);
    }
    assertThat(told)
        .extracting(RoleChange::to)
        .containsExactly(Role.CANDIDATE, Role.LEADER, Role.FOLLOWER);
  }

  @Test
  void aLeaderThatIsLostAndHeardAgainInItsTermIsNoOther() {
    try (RoleMonitor monitor = monitor()) {
      monitor.start();
      awaitLooks(2);
      role.set(() -> new Seen(Role.FOLLOWER, 3, Optional.empty()));
      awaitLooks(2);
      role.set(() -> FOLLOWS);
      awaitLooks(2);
      assertThat(monitor.changes().count()).isEqualTo(1);
    }
  }
}
