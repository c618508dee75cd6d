package orchestrator.core.recovery;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Servers that replicate in a ring, none of which takes writes: each of them seems to replicate
 * well, and gets nothing any more. A replica of a dead server would close such a ring below a
 * server that gets everything through that replica: nobody would know that both are cut off, nor
 * would they go on when the dead server is back.
 */
final class IdleRing {
  private final RecoveryState state;

  IdleRing(RecoveryState state) {
    this.state = state;
  }

  /** Whether a replica would close such a ring, were it moved below a server. */
  boolean isClosedBy(Instance replica, Instance source) {
    Set<InstanceKey> seen = new HashSet<>();
    Optional<Instance> present = Optional.of(source);
    while (present.filter(server -> server.readOnly() && seen.add(server.key())).isPresent()) {
      if (present.get().key().equals(replica.key())) {
        return true;
      }
      present = above(present.get());
    }
    return false;
  }

  /** Nobody above whoever follows the failed server: that one is to be left. */
  private Optional<Instance> above(Instance server) {
    return server
        .upstreamKey()
        .filter(key -> !key.equals(state.circumstances.failure().failed()))
        .flatMap(key ->
            Optional.ofNullable(state.live.get(key))
                .or(() -> state.circumstances.surroundings().lastReadAbove(key))
                .or(() -> state.circumstances.lastRead(key)));
  }
}
