/**
 * A small world in which the control of recoveries runs: simulated servers, consensus, processes
 * and managers under a virtual clock, with faults. Everything follows from a seed. What happened is
 * a {@link orchestrator.core.recovery.simulation.History}, judged by {@link
 * orchestrator.core.recovery.simulation.HistoryChecker}.
 */
@NullMarked
package orchestrator.core.recovery.simulation;

import org.jspecify.annotations.NullMarked;
