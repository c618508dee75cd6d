/**
 * Plays the effects of {@code core.recovery} and feeds the events back. Decides nothing.
 *
 * <p>Invariants: one thread owns a running recovery; nothing is changed without a {@link
 * orchestrator.server.engine.Leadership} that is still valid; every effect is answered, at the
 * latest when its time is up.
 */
@NullMarked
package orchestrator.server.engine.recovery;

import org.jspecify.annotations.NullMarked;
