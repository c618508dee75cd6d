@NullMarked
package orchestrator.server;

import org.jspecify.annotations.NullMarked;
