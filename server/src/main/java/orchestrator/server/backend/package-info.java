/**
 * The node's own store, in an SQLite file or a database of a MySQL server, and the consensus of a
 * single node on top of it.
 *
 * <p>Invariants. One thread writes ({@link orchestrator.server.backend.Writer}); readers have
 * connections of their own and never wait for it. What a submission acknowledged is committed: in
 * SQLite with {@code synchronous=FULL}. History is written in the transaction of the command that
 * made it; that of a group's log later, with the index in the same transaction. What belongs to
 * another program is never altered: our file is then beside its file, our tables beside its tables.
 * One process at a time has the store; one that lost its connection sees whether another process
 * has written since. Every wait for a server ends.
 *
 * <p>What differs between databases is in {@link orchestrator.server.backend.Dialect} and {@link
 * orchestrator.server.backend.Database}; all other SQL here is understood by both.
 *
 * <p>Implements {@link orchestrator.server.engine.Backend}, {@link
 * orchestrator.server.engine.Projection} and {@link orchestrator.server.engine.Consensus}; uses
 * {@code codec} and {@code observe}.
 */
@NullMarked
package orchestrator.server.backend;

import org.jspecify.annotations.NullMarked;
