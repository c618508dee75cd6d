/**
 * A world for the managers to live in: simulated servers, network, consensus, clients and people
 * under a virtual clock. Everything follows from a seed.
 *
 * <p>Invariants: the managers decide by the very code of {@code core} and of {@code
 * server.engine.detection}; only what plays effects and waits is written anew, since a real one
 * waits on threads. Nothing asks the real clock; the order of events is the same in each run.
 *
 * <p>Neighbours: {@code orchestrator.simulation.judge} says what must never happen. Nothing in
 * production imports this.
 */
@NullMarked
package orchestrator.simulation;

import org.jspecify.annotations.NullMarked;
