package orchestrator.server.engine;

import java.util.List;
import java.util.Optional;

/**
 * Whether this node can do its work.
 *
 * @param active the node that discovers and recovers, as far as this one knows
 * @param error why it is not healthy; empty when it is
 * @param leading whether this node may act now
 */
public record Health(
    NodeInfo self,
    Optional<NodeInfo> active,
    List<NodeInfo> available,
    boolean leading,
    Optional<String> error) {
  public Health {
    available = List.copyOf(available);
  }

  public boolean isHealthy() {
    return error.isEmpty();
  }
}
