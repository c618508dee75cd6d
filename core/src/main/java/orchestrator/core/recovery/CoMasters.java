package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** Two masters that replicate from each other, of which one is dead. */
final class CoMasters {
  private CoMasters() {}

  /** The source of the dead co-master, which is its replica too. */
  static Optional<InstanceKey> other(Circumstances circumstances) {
    return circumstances
        .failedServer()
        .claimedSource()
        .map(InstanceKey::reattached)
        .filter(circumstances.failure().replicas()::contains);
  }

  /**
   * The only server that may be promoted, if there is one: that which a person named; else the
   * other co-master, when it takes writes already or nobody else is allowed.
   */
  static Optional<InstanceKey> mustBePromoted(RecoveryState state) {
    Optional<InstanceKey> designated = state.ticket.origin().designated();
    if (designated.isPresent() || state.ticket.kind() != RecoveryKind.DEAD_CO_MASTER) {
      return designated;
    }
    Circumstances circumstances = state.circumstances;
    Optional<InstanceKey> other = other(circumstances);
    if (other.isEmpty()) {
      return Optional.of(circumstances.failure().failed()); // which means nobody
    }
    return other.filter(key ->
        circumstances.policy().promotion().onlyOtherCoMaster()
            || isWritable(
                Optional.ofNullable(state.live.get(key)).or(() -> circumstances.lastRead(key))));
  }

  private static boolean isWritable(Optional<Instance> server) {
    return server.filter(instance -> !instance.readOnly()).isPresent();
  }

  /** Whether it takes writes as the other co-master: then no limit keeps it from being the only. */
  static boolean isMasterAlready(Circumstances circumstances, Instance server) {
    return circumstances.failure().kind().equals(Optional.of(RecoveryKind.DEAD_CO_MASTER))
        && other(circumstances).equals(Optional.of(server.key()))
        && !server.readOnly();
  }

  /** Whether nobody else could be promoted instead of the intended server. */
  static boolean isWithoutAlternative(RecoveryState state) {
    return state.ticket.kind() == RecoveryKind.DEAD_CO_MASTER
        && mustBePromoted(state).equals(state.ticket.intended());
  }
}
