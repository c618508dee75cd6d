package orchestrator.core.topology;

import java.util.Optional;
import java.util.Set;

/**
 * Membership of a MySQL replication group in single-primary mode.
 *
 * @param role {@code PRIMARY} or {@code SECONDARY}
 * @param state {@code ONLINE}, {@code RECOVERING}, {@code ERROR}, {@code OFFLINE} …
 * @param members the other members
 */
public record GroupMembership(
    String name,
    boolean singlePrimary,
    String role,
    String state,
    Set<InstanceKey> members,
    Optional<InstanceKey> primary) {
  public GroupMembership {
    members = Set.copyOf(members);
  }

  public boolean isPrimary() {
    return role.equals("PRIMARY");
  }

  public boolean isSecondary() {
    return !isPrimary();
  }

  /** An OFFLINE server has left the group; one in ERROR still counts as a member. */
  public boolean isMember() {
    return !name.isEmpty() && !state.equals("OFFLINE");
  }
}
