package orchestrator.server.mysql;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import orchestrator.core.topology.InstanceKey;

/** Names that did not lead to a server a few seconds ago. */
final class RecentRefusals {
  static final Duration KEPT = Duration.ofSeconds(5);

  private record Refusal(InstanceKey server, InstanceKey byName) {}

  private final LongSupplier nanoTime;
  private final Map<Refusal, Long> refusedAt = new ConcurrentHashMap<>();

  /**
   * @param nanoTime a monotonic clock, in nanoseconds
   */
  RecentRefusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(InstanceKey server, InstanceKey byName) {
    refusedAt.put(new Refusal(server, byName), nanoTime.getAsLong());
  }

  boolean isRecent(InstanceKey server, InstanceKey byName) {
    Long at = refusedAt.get(new Refusal(server, byName));
    return at != null && nanoTime.getAsLong() - at < KEPT.toNanos();
  }
}
