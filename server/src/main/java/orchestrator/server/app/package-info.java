/** The program: arguments, wiring, start and stop. Knows everything; nothing imports it. */
@NullMarked
package orchestrator.server.app;

import org.jspecify.annotations.NullMarked;
