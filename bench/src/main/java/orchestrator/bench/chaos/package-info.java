/**
 * A raft group and a replication topology under random faults, while clients write; afterwards the
 * recorded histories are checked. Run by hand; {@code docs/performance.md} says how.
 *
 * <p>Invariants: the seed alone says which faults come when, so a run can be repeated (what threads
 * and packets do in between cannot); every fault ends after a bounded time; clients and observers
 * speak from outside, past all cuts, and believe no answer that they did not get. Deciding what a
 * seed means, what an answer means and which links are bad is pure, apart from doing it.
 *
 * <p>Neighbours: {@code orchestrator.sandbox} has the servers and the network, {@code
 * orchestrator.sandbox.history} the checkers.
 */
@NullMarked
package orchestrator.bench.chaos;

import org.jspecify.annotations.NullMarked;
