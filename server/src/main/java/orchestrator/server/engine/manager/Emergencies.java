package orchestrator.server.engine.manager;

import java.time.Duration;
import java.util.Optional;
import orchestrator.core.analysis.EmergencyOperation;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done at once when servers look ill: to know more, before anything is decided. */
final class Emergencies {
  private static final Logger log = LoggerFactory.getLogger(Emergencies.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Manager manager;

  Emergencies(Manager manager) {
    this.manager = manager;
  }

  /** Begins it, and returns at once. */
  void help(EmergencyOperation operation) {
    switch (operation) {
      case EmergencyOperation.Reprobe probe -> reprobe(probe);
      case EmergencyOperation.RestartIoThreads restart ->
          restart.keys().forEach(key -> restartIoThread(key, restart));
      case EmergencyOperation.RecordStaleCoordinates ignored -> {}
    }
  }

  private void reprobe(EmergencyOperation.Reprobe probe) {
    for (InstanceKey key : probe.keys()) {
      manager.audit(
          "emergently-read-topology-instance", Optional.of(key), probe.because().displayName());
    }
    var _ =
        manager
            .discovery()
            .probeNow(probe.keys())
            .thenRunAsync(manager.detector()::look, Thread::startVirtualThread);
  }

  private void restartIoThread(InstanceKey key, EmergencyOperation.RestartIoThreads restart) {
    Optional<Leadership> leadership = manager.consensus().leadership();
    if (leadership.isEmpty()) {
      return;
    }
    Thread.ofVirtual()
        .name("restart-io-" + key)
        .start(() -> {
          restartIoThread(key, leadership.get());
          manager.audit(
              "emergently-restart-replication-topology-instance",
              Optional.of(key),
              restart.because().displayName());
        });
  }

  private void restartIoThread(InstanceKey key, Leadership leadership) {
    ActionOutcome stopped = perform(new ServerAction.StopIoThread(key), leadership);
    if (stopped instanceof ActionOutcome.NotApplied refused) {
      log.info("The IO thread of {} is not restarted: {}", key, refused.reason());
      return;
    }
    ActionOutcome started =
        perform(new ServerAction.StartIoThread(key), new Finishing(leadership.term()));
    log.info("Restarted the IO thread of {}: {}, {}", key, stopped, started);
  }

  private ActionOutcome perform(ServerAction action, Leadership right) {
    Fence fence = new Fence(manager.node().name(), right, "emergency");
    return manager.servers().perform(action, fence, TIMEOUT);
  }

  /**
   * The right to start again what we have stopped, also when the lead was lost in between: else the
   * replica would stay as it is. A successor that works on it has its lock, and is not disturbed.
   */
  private record Finishing(long term) implements Leadership {
    @Override
    public boolean isValid() {
      return true;
    }
  }
}
