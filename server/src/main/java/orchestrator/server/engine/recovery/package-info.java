/**
 * Plays the effects of {@code core.recovery} and feeds the events back. Decides nothing.
 *
 * <p>Invariants: one thread owns a running recovery; nothing is changed without a {@link
 * orchestrator.server.engine.Leadership} that is still valid, and a run ends with the one it was
 * begun under; a recovery is resumed only after that was committed; every effect of a run that goes
 * on is answered, at the latest when its time is up.
 */
@NullMarked
package orchestrator.server.engine.recovery;

import org.jspecify.annotations.NullMarked;
