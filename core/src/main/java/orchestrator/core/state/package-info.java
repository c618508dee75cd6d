/**
 * The replicated state: what all managers agree on.
 *
 * <p>{@link orchestrator.core.state.ReplicatedState} is made of {@code facts}; {@link
 * orchestrator.core.state.StateMachine} applies a {@link orchestrator.core.state.Command} to it:
 * deterministic, total, harmless when repeated. Time is in the command; expiry is a command. At
 * most one recovery of a server is open; ids of detections and recoveries are unique and grow.
 *
 * <p><b>What {@code apply} does is part of the form of the log</b>, as the fields of its commands
 * are. Managers of two versions apply the same entries, and a restart replays old ones: an entry
 * that one of them refuses and another carries out leaves them with different states for ever. So a
 * rule that {@code apply} asks is never changed in place, not even to mend it. Either the leader
 * asks the new rule before it proposes (as {@link
 * orchestrator.core.state.RecoveryGate#proposalBlockOf} does), or a new command, or a new field of
 * a command whose default means the old rule, brings it; and leaders send that only when every
 * manager of the group knows it.
 *
 * <p>Until the first release there is no log and no manager but of this version, so until then
 * rules do change in place, and commands come without a gate: nothing asks yet what other managers
 * know. Whoever adds a command, a field or a rule after the first release has to build that first:
 * each manager announces its version ({@link orchestrator.core.facts.ManagerNode}); a leader must
 * not propose what is newer than the oldest version that any voter announced. A manager that reads
 * a command it does not know cannot go on, and leaves the group.
 *
 * <p>Imports {@code facts} and {@code topology}. Who orders the commands and makes them durable is
 * the shell's business.
 */
@NullMarked
package orchestrator.core.state;

import org.jspecify.annotations.NullMarked;
