package orchestrator.server.engine.discovery;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Servers;

/**
 * Keeps a waiting connection open on every server that others replicate from: its end is seen
 * within milliseconds, where polling would take seconds.
 */
public final class Watches implements AutoCloseable {
  private final Servers servers;
  private final BiConsumer<InstanceKey, String> onLost;
  private final Map<InstanceKey, Servers.Watch> watches = new HashMap<>();

  /**
   * @param onLost told of the server and the reason; a reason to look, never a verdict
   */
  public Watches(Servers servers, BiConsumer<InstanceKey, String> onLost) {
    this.servers = servers;
    this.onLost = onLost;
  }

  /** Begins and ends watches so that they fit the topology. */
  public synchronized void follow(Topology topology) {
    Set<InstanceKey> wanted = new HashSet<>();
    for (Instance instance : topology.instances()) {
      boolean known = instance.freshness().lastSeen().isPresent();
      if (known && !topology.replicasOf(instance.key()).isEmpty()) {
        wanted.add(instance.key());
      }
    }
    watches
        .entrySet()
        .removeIf(entry -> {
          boolean obsolete = !wanted.contains(entry.getKey());
          if (obsolete) {
            entry.getValue().close();
          }
          return obsolete;
        });
    for (InstanceKey key : wanted) {
      watches.computeIfAbsent(key, k -> servers.watch(k, onLost::accept));
    }
  }

  @Override
  public synchronized void close() {
    watches.values().forEach(Servers.Watch::close);
    watches.clear();
  }
}
