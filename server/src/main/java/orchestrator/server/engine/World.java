package orchestrator.server.engine;

import java.time.Instant;
import java.util.List;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Topology;

/**
 * The current picture: what was read of the servers, what was said of them, and what follows. An
 * immutable value: whoever holds one answers from it without waiting for anything.
 *
 * @param at when the picture was made
 * @param diagnoses all problems, downtimed or not, as {@link orchestrator.core.analysis.Analysis}
 *     orders them
 */
public record World(
    Instant at,
    NodeInfo node,
    Topology topology,
    ReplicatedState state,
    List<Diagnosis> diagnoses) {
  public World {
    diagnoses = List.copyOf(diagnoses);
  }
}
