/**
 * What is done about a dead master, and in which order: gates, choice of the successor, plan, and
 * the control of a running recovery as a pure function of state and event.
 *
 * <p>Invariants: no clock, no I/O, no thread: time and answers come as {@link
 * orchestrator.core.recovery.Event}, wishes leave as {@link orchestrator.core.recovery.Effect}.
 * Once {@code PromotionIntended} is committed no other server is promoted until the intended one is
 * proven not to be writable. A dry run plays the same control against an obliging world.
 *
 * <p>Neighbours: imports {@code topology}, {@code facts}, {@code gtid}, {@code relocation} and the
 * commands of {@code state}; {@code server.engine} plays the effects.
 */
@NullMarked
package orchestrator.core.recovery;

import org.jspecify.annotations.NullMarked;
