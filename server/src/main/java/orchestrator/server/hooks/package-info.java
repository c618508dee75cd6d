/**
 * Runs operators' processes: bounded in time and in output. Implements the port {@link
 * orchestrator.server.engine.Hooks}.
 */
@NullMarked
package orchestrator.server.hooks;

import org.jspecify.annotations.NullMarked;
