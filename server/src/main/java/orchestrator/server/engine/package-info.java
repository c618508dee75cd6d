/**
 * Runs what {@code core} decides: discovery, detection, recoveries, periodic work. Declares the
 * ports ({@link orchestrator.server.engine.Servers}, {@link orchestrator.server.engine.Consensus},
 * {@link orchestrator.server.engine.Backend}, {@link orchestrator.server.engine.Hooks}) that the
 * other packages implement, and imports none of them.
 */
@NullMarked
package orchestrator.server.engine;

import org.jspecify.annotations.NullMarked;
