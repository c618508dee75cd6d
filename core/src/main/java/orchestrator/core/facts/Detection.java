package orchestrator.core.facts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;

/**
 * A failure that was seen and announced. While it is active the same server is not announced again
 * with the same actionability.
 *
 * @param id unique and growing; given by the command that registered it
 * @param analysis the diagnosis code, e.g. {@code DeadMaster}
 * @param ended when the active period ended: by time, by acknowledgement or by a recovery
 */
public record Detection(
    long id,
    String uid,
    InstanceKey key,
    String analysis,
    String description,
    String clusterName,
    String clusterAlias,
    List<InstanceKey> replicas,
    boolean actionable,
    Instant detected,
    Optional<Instant> ended,
    String processingNode) {
  public Detection {
    replicas = List.copyOf(replicas);
  }

  public boolean isActive() {
    return ended.isEmpty();
  }
}
