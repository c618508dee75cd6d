package orchestrator.core.facts;

import java.util.Optional;
import orchestrator.core.topology.InstanceKey;

/**
 * Who asked for a recovery, and how.
 *
 * @param automatic by the detection loop; otherwise by a person, which overrides filters and blocks
 * @param commandHint {@code force-master-failover}, {@code force-master-takeover}, {@code
 *     graceful-master-takeover}, or empty
 * @param designated the server that must be promoted, if the person named one
 * @param skipHooks whether no operator's process is to run
 */
public record RecoveryOrigin(
    boolean automatic, String commandHint, Optional<InstanceKey> designated, boolean skipHooks) {
  public static final RecoveryOrigin AUTOMATIC =
      new RecoveryOrigin(true, "", Optional.empty(), false);
}
