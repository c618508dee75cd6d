package orchestrator.core.facts;

import java.util.Optional;
import orchestrator.core.topology.InstanceKey;

/**
 * Who asked for a recovery, and how.
 *
 * @param automatic by the detection loop; otherwise by a person, which overrides filters and blocks
 * @param commandHint {@code force-master-failover}, {@code force-master-takeover}, {@link
 *     #TAKEOVER}, {@link #TAKEOVER_AUTO}, or empty
 * @param designated the server that must be promoted, if the person named one; a takeover always
 *     has one
 * @param skipHooks whether no operator's process is to run
 */
public record RecoveryOrigin(
    boolean automatic, String commandHint, Optional<InstanceKey> designated, boolean skipHooks) {
  public static final RecoveryOrigin AUTOMATIC =
      new RecoveryOrigin(true, "", Optional.empty(), false);

  /** A planned replacement of a living master, which is left as a stopped replica. */
  public static final String TAKEOVER = "graceful-master-takeover";

  /** The same, and the old master replicates at the end. */
  public static final String TAKEOVER_AUTO = "graceful-master-takeover-auto";

  /**
   * @param target the replica that takes over
   * @param startsOldMaster whether the old master replicates at the end
   */
  public static RecoveryOrigin takeover(InstanceKey target, boolean startsOldMaster) {
    return new RecoveryOrigin(
        false, startsOldMaster ? TAKEOVER_AUTO : TAKEOVER, Optional.of(target), false);
  }

  /** Whether a living master is replaced as planned. */
  public boolean isTakeover() {
    return commandHint.equals(TAKEOVER) || startsOldMaster();
  }

  /** Whether the old master of a takeover is to replicate at the end. */
  public boolean startsOldMaster() {
    return commandHint.equals(TAKEOVER_AUTO);
  }

  /** The command as operators' processes know it: the same for both kinds of takeover. */
  public String command() {
    return isTakeover() ? TAKEOVER : commandHint;
  }
}
