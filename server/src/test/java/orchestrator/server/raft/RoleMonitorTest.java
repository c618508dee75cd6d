package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

  private void awaitLooks(int more) {
    int before = looks.get();
    await().until(() -> looks.get() >= before + more);
  }

  @Test
  void changesAreToldAfterAFailureToo() {
    Tenure tenure = new Tenure(Timeouts.DEFAULT.timing());
    try (RoleMonitor monitor =
        new RoleMonitor(this::look, term -> List.of("n1", "n3"), tenure, InstantSource.system())) {
      monitor.onChange(told::add);
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
      await().until(() -> told.size() == 1);
      role.set(() -> FOLLOWS);
      await().until(() -> told.size() == 2);
    }
    assertThat(told).extracting(RoleChange::to).containsExactly(Role.LEADER, Role.FOLLOWER);
    assertThat(told.getFirst().reason()).isEqualTo("votes of n1, n3");
  }
}
