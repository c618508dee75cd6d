/**
 * What must never happen: one class for each invariant, fed with what happened ({@link
 * orchestrator.simulation.judge.Fact}) and with how things are ({@link
 * orchestrator.simulation.judge.Truth}). Knows nothing of how the world is played.
 */
@NullMarked
package orchestrator.simulation.judge;

import org.jspecify.annotations.NullMarked;
