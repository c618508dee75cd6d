/**
 * The whole system against real servers: each test kills, hangs or breaks something and looks at
 * what is left. Uses everything; nothing uses it.
 */
@NullMarked
package orchestrator.system;

import org.jspecify.annotations.NullMarked;
