/**
 * Who replicates from whom: immutable values read off servers, and the graph between them.
 *
 * <p>Invariants: an {@link orchestrator.core.topology.Instance} holds only what probes read, and
 * for how long they have read the same; whatever follows from the graph (cluster, depth,
 * co-masters, errant GTIDs) is computed by {@link orchestrator.core.topology.Topology}, once per
 * snapshot. Imports {@code gtid} only.
 */
@NullMarked
package orchestrator.core.topology;

import org.jspecify.annotations.NullMarked;
