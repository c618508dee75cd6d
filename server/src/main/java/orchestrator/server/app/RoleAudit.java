package orchestrator.server.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus;

/** Audits each change of this node's role, in order, without holding up the group's own thread. */
final class RoleAudit implements AutoCloseable {
  private static final String TYPE = "raft-role";
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("role-audit").factory());

  /**
   * @param audit takes the type of an entry, and its message
   */
  RoleAudit(Optional<Group> group, BiConsumer<String, String> audit) {
    group.ifPresent(g -> listen(g, audit));
  }

  private void listen(Group group, BiConsumer<String, String> audit) {
    String node = group.status().node();
    group.onRoleChange(change -> {
      if (!writer.isShutdown()) {
        writer.execute(() -> audit.accept(TYPE, message(node, change)));
      }
    });
  }

  private static String message(String node, RoleChange change) {
    return "%s: %s → %s, term %d, leader %s: %s"
        .formatted(
            node,
            word(change.from()),
            word(change.to()),
            change.term(),
            change.leader().orElse("unknown"),
            change.reason());
  }

  private static String word(GroupStatus.Role role) {
    return role.displayName();
  }

  /** Writes what is left; gives up after a moment. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
