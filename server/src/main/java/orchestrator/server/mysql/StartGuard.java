package orchestrator.server.mysql;

import java.util.Optional;
import java.util.function.BiFunction;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Whether a replica acknowledges its source's commits is said when its IO thread connects, so it is
 * settled before that is started.
 *
 * @param acknowledges by the replica as it is, and the source that it will have; empty to leave it
 *     as it is
 */
record StartGuard(BiFunction<Instance, InstanceKey, Optional<Boolean>> acknowledges) {

  Optional<Boolean> before(ServerAction action, Instance target) {
    return sourceAfter(action, target).flatMap(source -> acknowledges.apply(target, source));
  }

  /** What the IO thread connects to, if the action starts it. */
  private static Optional<InstanceKey> sourceAfter(ServerAction action, Instance target) {
    return switch (action) {
      case ServerAction.ChangeSource change when change.start() -> Optional.of(change.source());
      case ServerAction.ReattachSource ignored -> target.sourceKey().map(InstanceKey::reattached);
      case ServerAction.StartIoThread ignored -> target.sourceKey();
      case ServerAction.StartReplication ignored -> target.sourceKey();
      case ServerAction.RestartReplication ignored -> target.sourceKey();
      default -> Optional.empty();
    };
  }
}
