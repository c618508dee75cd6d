/** Programs of this project and of others, run to their end by tests of several packages. */
@NullMarked
package orchestrator.program;

import org.jspecify.annotations.NullMarked;
