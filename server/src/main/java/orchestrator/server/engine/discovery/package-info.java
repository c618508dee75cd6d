/**
 * Keeps the picture of all servers current: one poller per server, crawling up and down from what
 * is known, and a close look at servers under suspicion.
 *
 * <p>Invariants: a server that hangs delays nobody; what was read last wins; a forgotten server
 * stays forgotten for a while. Uses the port {@link orchestrator.server.engine.Servers} only.
 */
@NullMarked
package orchestrator.server.engine.discovery;

import org.jspecify.annotations.NullMarked;
