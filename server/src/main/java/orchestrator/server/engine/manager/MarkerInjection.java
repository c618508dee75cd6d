package orchestrator.server.engine.manager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves Pseudo-GTID markers in the binary log of each cluster's writable master, as the leader. A
 * master that hangs holds up no other one. What is in the way is told once, and again when it
 * changes.
 */
final class MarkerInjection {
  private static final Logger log = LoggerFactory.getLogger(MarkerInjection.class);

  static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  /** How often the group is told that a cluster has markers. */
  private static final Duration TOLD_EVERY = Duration.ofMinutes(1);

  private final Manager manager;
  private final Set<InstanceKey> underWay = ConcurrentHashMap.newKeySet();
  private final Map<InstanceKey, String> told = new ConcurrentHashMap<>();

  MarkerInjection(Manager manager) {
    this.manager = manager;
  }

  void inject() {
    Optional<Leadership> leadership = manager.consensus().leadership();
    if (leadership.isEmpty()) {
      return;
    }
    Topology topology = manager.picture().topology();
    ReplicatedState state = manager.consensus().state();
    for (String cluster : topology.clusterNames()) {
      master(topology, state, cluster)
          .map(Instance::key)
          .filter(underWay::add)
          .ifPresent(master ->
              Thread.ofVirtual()
                  .name("marker-" + master)
                  .start(() -> {
                    try {
                      inject(cluster, master, leadership.get());
                    } catch (RuntimeException e) {
                      tell(master, e.toString());
                    } finally {
                      underWay.remove(master);
                    }
                  }));
    }
  }

  /** The one that takes writes; nobody where there are two, or where a recovery is open. */
  static Optional<Instance> master(Topology topology, ReplicatedState state, String cluster) {
    List<Instance> writable =
        topology.mastersOf(cluster).stream()
            .filter(Instance::isLastCheckValid)
            .filter(master -> !master.readOnly() && !master.isBinlogServer())
            .toList();
    return writable.size() == 1
        ? Optional.of(writable.getFirst())
            .filter(master -> !state.demoted().containsKey(master.key()))
            .filter(master -> state.openRecoveryOf(master.key()).isEmpty())
        : Optional.empty();
  }

  private void inject(String cluster, InstanceKey master, Leadership leadership) {
    Instant now = manager.clock().instant();
    long serverId =
        manager.picture().find(master).map(server -> server.identity().serverId()).orElse(0L);
    String statement =
        PseudoGtid.injection(
            now.getEpochSecond(), serverId, ThreadLocalRandom.current().nextLong());
    ActionOutcome outcome =
        manager
            .servers()
            .perform(
                new ServerAction.InjectMarker(master, statement),
                new Fence(manager.node().name(), leadership, "Pseudo-GTID"),
                LIMIT);
    switch (outcome) {
      case ActionOutcome.Applied ignored -> injected(cluster, master, now);
      case ActionOutcome.NotApplied refused -> tell(master, refused.reason());
      case ActionOutcome.Unknown unknown -> tell(master, unknown.reason());
    }
  }

  private void injected(String cluster, InstanceKey master, Instant now) {
    if (told.remove(master) != null) {
      log.info("Pseudo-GTID markers are injected on {} again", master);
    }
    ReplicatedState state = manager.consensus().state();
    Instant last = state.pseudoGtid().getOrDefault(state.currentClusterName(cluster), Instant.MIN);
    if (last.equals(Instant.MIN) || !now.isBefore(last.plus(TOLD_EVERY))) {
      var outcome =
          manager
              .consensus()
              .submit(List.of(new Command.InjectedPseudoGtid(cluster, now)), COMMIT_TIMEOUT);
      log.debug("Markers of {}: {}", cluster, outcome);
    }
  }

  private void tell(InstanceKey master, String reason) {
    if (!reason.equals(told.put(master, reason))) {
      log.warn("Pseudo-GTID markers cannot be injected on {}: {}", master, reason);
      manager.audit(
          "inject-pseudo-gtid", Optional.of(master), "markers cannot be injected: " + reason);
    }
  }
}
