/**
 * The demo: real servers, a manager over them in a process of its own, the master killed and
 * replaced, and an account of what that cost.
 *
 * <p>Invariants: what is shown was seen from outside, through the manager's HTTP API and on the
 * servers themselves, never taken from the manager's own opinion of its success; times are counted
 * from the moment before the kill; nothing outlives the demo, however it ends.
 *
 * <p>Neighbours: {@code orchestrator.sandbox} runs the servers. The manager is started by name and
 * spoken to over HTTP; none of its classes is used here.
 */
@NullMarked
package orchestrator.sandbox.demo;

import org.jspecify.annotations.NullMarked;
