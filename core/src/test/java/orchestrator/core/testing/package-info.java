/**
 * Servers and topologies for tests, made in a line or two. Published as the module's test jar, so
 * that the tests of other modules use the same.
 */
@NullMarked
package orchestrator.core.testing;

import org.jspecify.annotations.NullMarked;
