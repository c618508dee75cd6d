package orchestrator.server.engine;

import java.time.Instant;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Topology;

/**
 * The current picture: what was read of the servers, what was said of them, and what follows. An
 * immutable value: whoever holds one answers from it without waiting for anything.
 *
 * @param at when the picture was made; ages of facts are measured from here
 */
public record World(Instant at, NodeInfo node, Topology topology, ReplicatedState state) {}
