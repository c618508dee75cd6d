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
 * @param hooksPending whether the processes of {@link HookPoint#ON_FAILURE_DETECTION} are to run,
 *     or may not have run to their end: until they have, each leader runs them
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
    String processingNode,
    boolean hooksPending) {
  public Detection {
    replicas = List.copyOf(replicas);
  }

  /** One whose processes have ended, or that has none. */
  public Detection(
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
    this(
        id,
        uid,
        key,
        analysis,
        description,
        clusterName,
        clusterAlias,
        replicas,
        actionable,
        detected,
        ended,
        processingNode,
        false);
  }

  /** The same, under the id that it was given. */
  public Detection withId(long given) {
    return with(given, ended, hooksPending);
  }

  /** The same, over since then. */
  public Detection endedAt(Instant at) {
    return with(id, Optional.of(at), hooksPending);
  }

  /** The same, with operators' processes that are to run for it. */
  public Detection withHooksPending(boolean pending) {
    return with(id, ended, pending);
  }

  private Detection with(long newId, Optional<Instant> newEnded, boolean pending) {
    return new Detection(
        newId,
        uid,
        key,
        analysis,
        description,
        clusterName,
        clusterAlias,
        replicas,
        actionable,
        detected,
        newEnded,
        processingNode,
        pending);
  }

  public boolean isActive() {
    return ended.isEmpty();
  }
}
