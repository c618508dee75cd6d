/**
 * Measurements of the whole system on real servers, each beside a baseline in the same run. Run by
 * hand on a quiet machine; {@code docs/performance.md} says how.
 */
@NullMarked
package orchestrator.bench;

import org.jspecify.annotations.NullMarked;
