package orchestrator.server.engine;

import java.util.Optional;
import orchestrator.core.topology.InstanceKey;

/** A recovery or a planned change of master that a person may ask for. */
public sealed interface RecoveryRequest {
  /** As {@link Operations#recover}. */
  record Recover(InstanceKey failed, Optional<InstanceKey> candidate, boolean skipHooks)
      implements RecoveryRequest {}

  /** As {@link Operations#forceMasterFailover}. */
  record Force(String clusterName, Optional<InstanceKey> designated) implements RecoveryRequest {}

  /** As {@link Operations#takeOver}. */
  record TakeOver(String clusterName, Optional<InstanceKey> designated, boolean auto)
      implements RecoveryRequest {}
}
