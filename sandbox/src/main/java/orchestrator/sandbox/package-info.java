@NullMarked
package orchestrator.sandbox;

import org.jspecify.annotations.NullMarked;
