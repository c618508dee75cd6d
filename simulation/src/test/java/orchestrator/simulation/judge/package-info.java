/** Each invariant can fail. */
@NullMarked
package orchestrator.simulation.judge;

import org.jspecify.annotations.NullMarked;
