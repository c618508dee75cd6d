package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Topology;

/**
 * Former masters that are replicas, and take writes: their configuration files, written when they
 * were masters, say so. Replicas that people made writable on purpose are none of them.
 */
public final class WritableReplicas {
  private WritableReplicas() {}

  /**
   * What to set read-only now. A co-master is left as it is: it may take writes as a master.
   *
   * @param topology the servers as last read
   */
  public static List<ServerAction.SetReadOnly> among(
      Topology topology, ReplicatedState state, boolean useSuperReadOnly) {
    if (state.keptReadOnly().isEmpty()) {
      return List.of(); // as it mostly is, each second
    }
    return state.keptReadOnly().keySet().stream()
        .filter(key -> !state.demoted().containsKey(key)) // it is looked at more closely
        .sorted()
        .map(topology::find)
        .flatMap(Optional::stream)
        .filter(server -> server.isLastCheckValid() && !server.readOnly())
        .filter(server -> isReplica(server, topology))
        .map(server -> new ServerAction.SetReadOnly(server.key(), true, useSuperReadOnly))
        .toList();
  }

  private static boolean isReplica(Instance server, Topology topology) {
    return topology.sourceOf(server).isPresent() && !topology.placeOf(server.key()).coMaster();
  }

  /** For the audit. */
  public static String text(KeptReadOnly server) {
    return server.key()
        + " was demoted by recovery "
        + server.recoveryUid()
        + ", and takes writes as a replica: it is set read-only";
  }
}
