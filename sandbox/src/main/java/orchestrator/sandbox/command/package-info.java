/**
 * The command {@code orchestrator sandbox}: one process holds the servers, others tell it what to
 * do with them over a socket in the sandbox's folder.
 *
 * <p>Invariant: a state file whose lock is free belongs to nobody and is ignored. Neighbours: built
 * on {@code orchestrator.sandbox}; started by {@code SandboxCommand}.
 */
@NullMarked
package orchestrator.sandbox.command;

import org.jspecify.annotations.NullMarked;
