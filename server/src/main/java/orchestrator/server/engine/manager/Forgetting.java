package orchestrator.server.engine.manager;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets servers be unknown: at a person's wish, and when they were not seen for long. */
final class Forgetting {
  private static final Logger log = LoggerFactory.getLogger(Forgetting.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  private final Manager manager;

  Forgetting(Manager manager) {
    this.manager = manager;
  }

  /** Drops what this node holds of servers, so that a restart does not know them either. */
  void forget(List<InstanceKey> keys) {
    keys.forEach(manager.discovery()::forget);
    manager.backend().forgetInstances(keys);
  }

  /**
   * A server that people made known is forgotten by all nodes, which is for the leader to say. One
   * that must not take writes is never forgotten so: it would come back unwatched.
   */
  void unseenForLong(InstanceKey key) {
    ReplicatedState state = manager.consensus().state();
    if (state.demoted().containsKey(key) || state.keptReadOnly().containsKey(key)) {
      return;
    }
    if (state.known().contains(key) && !isForgottenByAll(key)) {
      return;
    }
    forget(List.of(key));
    manager.audit("forget", Optional.of(key), "not seen for UnseenInstanceForgetHours");
  }

  private boolean isForgottenByAll(InstanceKey key) {
    if (manager.consensus().leadership().isEmpty()) {
      return false;
    }
    Submission outcome =
        manager.consensus().submit(List.of(new Command.Forget(key)), COMMIT_TIMEOUT);
    log.debug("Forgetting {}: {}", key, outcome);
    return outcome instanceof Submission.Committed;
  }
}
