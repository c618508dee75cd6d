/**
 * The replicated state: what all managers agree on. {@link orchestrator.core.state.ReplicatedState}
 * is made of facts; {@code apply} is deterministic and idempotent. Time is in the command; expiry
 * is a command.
 */
@NullMarked
package orchestrator.core.state;

import org.jspecify.annotations.NullMarked;
