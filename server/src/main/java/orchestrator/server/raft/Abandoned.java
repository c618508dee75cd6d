package orchestrator.server.raft;

import java.util.HashSet;
import java.util.Set;

/**
 * Commands that this node, as the leader, has said it never did: they must not be written after
 * all, whatever hung on their way here.
 */
final class Abandoned {
  /** In one term. */
  private static final int MAX = 10_000;

  private final Set<CommandId> ids = new HashSet<>();

  /** From now on it will not be written; false when there are too many to keep that in mind. */
  synchronized boolean add(CommandId id) {
    ids.removeIf(other -> other.term() < id.term());
    return ids.contains(id) || (ids.size() < MAX && ids.add(id));
  }

  synchronized boolean contains(CommandId id) {
    return ids.contains(id);
  }
}
