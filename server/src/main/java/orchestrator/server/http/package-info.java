/**
 * The HTTP API: a table of routes over {@link orchestrator.server.engine.Operations}, and the JSON
 * that the incumbent's users rely on (keys, their order, formats).
 *
 * <p>Invariants: reads are answered from one {@link orchestrator.server.engine.World} per request;
 * servers are reached through {@code Operations} only; arguments are checked before anything is
 * touched; a request that changes something names its server or cluster exactly. On a node of a
 * group what only the leader knows is forwarded to it, once at most and never twice sent; every
 * answer about the group comes from one {@link orchestrator.server.engine.GroupStatus}. Neighbours:
 * {@code engine} (ports), {@code config}.
 */
@NullMarked
package orchestrator.server.http;

import org.jspecify.annotations.NullMarked;
