package orchestrator.simulation;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * What a node has written down of the servers, and reads back when it is started again: a new
 * server at once, what is new of a known one every few seconds, as the engine's backend does.
 */
final class ServerMemory {
  private static final long FLUSH_MILLIS = 5000;

  private final Map<InstanceKey, Instance> written = new HashMap<>();
  private final Map<InstanceKey, Instance> waiting = new HashMap<>();
  private long flushed;

  void save(Instance read, long now) {
    waiting.put(read.key(), read);
    if (!written.containsKey(read.key()) || now - flushed >= FLUSH_MILLIS) {
      written.putAll(waiting);
      waiting.clear();
      flushed = now;
    }
  }

  /** What is not written yet is lost. */
  Collection<Instance> afterCrash() {
    waiting.clear();
    return List.copyOf(written.values());
  }
}
