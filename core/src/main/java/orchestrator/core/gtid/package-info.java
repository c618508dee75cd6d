@NullMarked
package orchestrator.core.gtid;

import org.jspecify.annotations.NullMarked;
