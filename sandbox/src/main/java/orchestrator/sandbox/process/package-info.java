/**
 * Child processes that end with this one, and ports that nobody else has.
 *
 * <p>Invariant: what was started or reserved here is released by the kernel when this process ends,
 * even by {@code kill -9}. Neighbours: used by {@code orchestrator.sandbox} and {@code
 * orchestrator.sandbox.install}.
 */
@NullMarked
package orchestrator.sandbox.process;

import org.jspecify.annotations.NullMarked;
