package orchestrator.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import orchestrator.sandbox.history.Leaders;
import orchestrator.sandbox.history.Leaders.Claim;
import orchestrator.system.ManagerGroup.Node;
import tools.jackson.databind.JsonNode;

final class LeaderWatch implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final ManagerGroup group;
  private final Queue<Claim> claims = new ConcurrentLinkedQueue<>();
  private final Queue<String> torn = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  LeaderWatch(ManagerGroup group) {
    this.group = group;
    group.nodes().forEach(node -> threads.add(Thread.ofVirtual().start(() -> watch(node))));
  }

  private void watch(Node node) {
    try {
      while (true) {
        look(node);
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Node node) {
    long asked = System.nanoTime();
    Optional<JsonNode> raft = group.raft(node);
    long answered = System.nanoTime();
    raft.filter(status -> status.path("IsReadyLeader").asBoolean(false))
        .filter(status -> !isWhole(status))
        .ifPresent(status -> torn.add(status.toString()));
    raft.filter(status -> status.path("IsReadyLeader").asBoolean(false))
        .ifPresent(status ->
            claims.add(
                new Claim(
                    node.raftAddress(), status.path("Term").asLong(), true, asked, answered)));
  }

  /** Whoever says that it is ready to lead says so in its role and as the leader too. */
  private static boolean isWhole(JsonNode status) {
    return status.path("State").asString("").equals("Leader")
        && status.path("Leader").asString("").equals(status.path("Node").asString("?"));
  }

  /** In how many terms somebody led. */
  long terms() {
    return claims.stream().mapToLong(Claim::term).distinct().count();
  }

  /**
   * Moments, until now, at which two nodes answered by 200, and answers that contradict themselves.
   */
  List<String> violations() {
    List<String> violations = new ArrayList<>(Leaders.violations(List.copyOf(claims)));
    violations.addAll(torn);
    return violations;
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
