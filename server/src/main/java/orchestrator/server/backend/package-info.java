/**
 * The node's own store in one SQLite file, and the consensus of a single node on top of it.
 *
 * <p>Invariants. One thread writes ({@link orchestrator.server.backend.Writer}); readers have
 * connections of their own and never wait for it (WAL). What a submission acknowledged is on the
 * disk: the command log is written with {@code synchronous=FULL}. History is written in the
 * transaction of the command that made it; that of a group's log later, with the index in the same
 * transaction. A file of another program is never altered: ours is then beside it. One process at a
 * time has the file.
 *
 * <p>Implements {@link orchestrator.server.engine.Backend}, {@link
 * orchestrator.server.engine.Projection} and {@link orchestrator.server.engine.Consensus}; uses
 * {@code codec} and {@code observe}.
 */
@NullMarked
package orchestrator.server.backend;

import org.jspecify.annotations.NullMarked;
