/**
 * {@link orchestrator.server.engine.Consensus} and {@link orchestrator.server.engine.Group} on
 * Apache Ratis: the log, elections, snapshots and members of a group of nodes.
 *
 * <p>Invariants: the log and the newest snapshot in the node's raft directory are the truth, memory
 * holds what they come to, and the backend only gets to see what was applied. A submission is
 * answered "committed" after it was applied here, "rejected" only when it can never be applied, and
 * "unknown" otherwise. This node calls itself ready only while no other node can.
 *
 * <p>Facts about Ratis 3.3.0 that this package relies on are told where they matter.
 */
@NullMarked
package orchestrator.server.raft;

import org.jspecify.annotations.NullMarked;
