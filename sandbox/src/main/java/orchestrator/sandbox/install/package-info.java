/**
 * Fetches server programs and prepares them in the user's cache folder.
 *
 * <p>Invariant: a folder under its final name is complete. It is filled under a temporary name and
 * renamed, under a lock between processes. Neighbours: used by {@code orchestrator.sandbox}; knows
 * nothing of topologies.
 */
@NullMarked
package orchestrator.sandbox.install;

import org.jspecify.annotations.NullMarked;
