/**
 * What the manager tells of itself: the audit, and numbers. Knows nothing of its neighbours;
 * everybody may use it.
 */
@NullMarked
package orchestrator.server.observe;

import org.jspecify.annotations.NullMarked;
