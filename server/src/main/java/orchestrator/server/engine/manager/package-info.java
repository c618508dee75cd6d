/**
 * The manager as a whole: puts discovery, detection and recovery together, does the periodic work,
 * and answers what people ask ({@link orchestrator.server.engine.Operations}). Every node does the
 * looking; only the one that leads changes servers or the replicated state.
 */
@NullMarked
package orchestrator.server.engine.manager;

import org.jspecify.annotations.NullMarked;
