package orchestrator.core.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * What is done at once about a diagnosis that is no verdict yet, to make it one. Every node does
 * it, leader or not.
 */
public sealed interface EmergencyOperation {
  /** The diagnosis that calls for it: the message of the audit. */
  AnalysisCode because();

  /** Read these servers again now; at most once a second each. */
  record Reprobe(List<InstanceKey> keys, AnalysisCode because) implements EmergencyOperation {
    public Reprobe {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Stop and start the IO threads of these replicas: their long-lived connections hide that the
   * subject takes no new ones. Changes servers, so the leader alone does it, and only as long as
   * {@link #isAllowed}.
   */
  record RestartIoThreads(InstanceKey subject, List<InstanceKey> keys, AnalysisCode because)
      implements EmergencyOperation {
    public RestartIoThreads {
      keys = List.copyOf(keys);
    }

    /** Not while recoveries are disabled, nor when one has stopped the very threads. */
    public boolean isAllowed(ReplicatedState state) {
      return state.recoveriesEnabled() && state.openRecoveryOf(subject).isEmpty();
    }
  }

  /** Note where a master stands that may be locked, see {@link StaleCoordinates#with}. */
  record RecordStaleCoordinates(
      InstanceKey key, BinlogCoordinates coordinates, AnalysisCode because)
      implements EmergencyOperation {}

  /** What a diagnosis calls for, in order. */
  static List<EmergencyOperation> of(Diagnosis diagnosis, Topology topology) {
    AnalysisCode code = diagnosis.code();
    InstanceKey key = diagnosis.key();
    return switch (code) {
      // Again and again, so that a missed heartbeat is noticed.
      case UNREACHABLE_MASTER, UNREACHABLE_CO_MASTER, UNREACHABLE_INTERMEDIATE_MASTER ->
          List.of(reprobe(key, topology, code));
      case LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS -> {
        List<EmergencyOperation> operations = new ArrayList<>();
        operations.add(new Reprobe(List.of(key), code));
        operations.addAll(staleCoordinates(diagnosis));
        yield operations;
      }
      // Noted again, or the verdict would be forgotten while the lock lasts.
      case LOCKED_SEMI_SYNC_MASTER -> staleCoordinates(diagnosis);
      case UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS,
          UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS -> {
        List<InstanceKey> restartable =
            replicasBelow(key, topology).stream()
                // A restarted IO thread with MariaDB's GTIDs discards its relay logs.
                .filter(replica -> !replica.usesMariaDbGtid())
                .map(Instance::key)
                .toList();
        List<EmergencyOperation> operations = new ArrayList<>();
        operations.add(reprobe(key, topology, code));
        if (!restartable.isEmpty()) {
          operations.add(new RestartIoThreads(key, restartable, code));
        }
        yield operations;
      }
      case ALL_MASTER_REPLICAS_NOT_REPLICATING, ALL_MASTER_REPLICAS_NOT_REPLICATING_OR_DEAD ->
          List.of(new Reprobe(List.of(key), code));
      case FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER, DEAD_MASTER_AND_REPLICAS ->
          diagnosis
              .subject()
              .source()
              .filter(InstanceKey::isValid)
              .<List<EmergencyOperation>>map(source -> List.of(new Reprobe(List.of(source), code)))
              .orElse(List.of());
      case NO_PROBLEM,
          DEAD_MASTER_WITHOUT_REPLICAS,
          DEAD_MASTER,
          DEAD_MASTER_AND_SOME_REPLICAS,
          MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS,
          NO_WRITEABLE_MASTER,
          MASTER_SINGLE_REPLICA_NOT_REPLICATING,
          MASTER_SINGLE_REPLICA_DEAD,
          MASTER_WITHOUT_REPLICAS,
          DEAD_CO_MASTER,
          DEAD_CO_MASTER_AND_SOME_REPLICAS,
          ALL_CO_MASTER_REPLICAS_NOT_REPLICATING,
          DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT,
          DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA,
          DEAD_INTERMEDIATE_MASTER,
          DEAD_INTERMEDIATE_MASTER_AND_SOME_REPLICAS,
          DEAD_INTERMEDIATE_MASTER_AND_REPLICAS,
          ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD,
          ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING,
          BINLOG_SERVER_FAILING_TO_CONNECT_TO_MASTER,
          DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS ->
          List.of();
    };
  }

  private static Reprobe reprobe(InstanceKey key, Topology topology, AnalysisCode because) {
    List<InstanceKey> all = new ArrayList<>(List.of(key));
    replicasBelow(key, topology).forEach(replica -> all.add(replica.key()));
    return new Reprobe(all, because);
  }

  private static List<EmergencyOperation> staleCoordinates(Diagnosis diagnosis) {
    Optional<BinlogCoordinates> position = diagnosis.subject().binlog();
    return position
        .<List<EmergencyOperation>>map(coordinates ->
            List.of(new RecordStaleCoordinates(diagnosis.key(), coordinates, diagnosis.code())))
        .orElse(List.of());
  }

  /** The replicas, and those of replicas that are binlog servers, which only pass things on. */
  private static List<Instance> replicasBelow(InstanceKey key, Topology topology) {
    List<Instance> found = new ArrayList<>();
    Set<InstanceKey> visited = new HashSet<>(Set.of(key));
    List<InstanceKey> open = new ArrayList<>(List.of(key));
    while (!open.isEmpty()) {
      for (Instance replica : topology.replicasOf(open.removeLast())) {
        if (visited.add(replica.key())) {
          found.add(replica);
          if (replica.isBinlogServer()) {
            open.add(replica.key());
          }
        }
      }
    }
    return found;
  }
}
