/** Tests of the simulation, and by it. */
@NullMarked
package orchestrator.simulation;

import org.jspecify.annotations.NullMarked;
