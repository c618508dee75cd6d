/**
 * Judges the picture again and again, and sees that something is done about what is wrong.
 *
 * <p>Invariants: a failure is announced, and recovered from, only by a node that leads, and only on
 * conclusive evidence; each failed server is handled by one thread at a time; processes of a
 * failure that was announced run at least once, under whichever leader.
 */
@NullMarked
package orchestrator.server.engine.detection;

import org.jspecify.annotations.NullMarked;
