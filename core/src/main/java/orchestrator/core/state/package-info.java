/**
 * The replicated state: what all managers agree on.
 *
 * <p>{@link orchestrator.core.state.ReplicatedState} is made of {@code facts}; {@link
 * orchestrator.core.state.StateMachine} applies a {@link orchestrator.core.state.Command} to it:
 * deterministic, total, harmless when repeated. Time is in the command; expiry is a command. At
 * most one recovery of a server is open; ids of detections and recoveries are unique and grow.
 *
 * <p>Imports {@code facts} and {@code topology}. Who orders the commands and makes them durable is
 * the shell's business.
 */
@NullMarked
package orchestrator.core.state;

import org.jspecify.annotations.NullMarked;
