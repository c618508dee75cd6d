/**
 * Checks what was recorded while a system was disturbed: pure functions from a history to the
 * violations in it, for tests and for chaos runs.
 *
 * <p>Invariants: no clock, no I/O, nothing of the product. Times are nanoseconds of one monotonic
 * clock, that of the observer. What a client does not know stays unknown: a checker reports only
 * what no correct system could have done, however its messages were delayed or lost.
 *
 * <p>Neighbours: none; whoever records a history depends on this package.
 */
@NullMarked
package orchestrator.sandbox.history;

import org.jspecify.annotations.NullMarked;
