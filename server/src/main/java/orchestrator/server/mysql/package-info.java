/**
 * Reads, watches and changes MySQL and MariaDB servers: the {@link
 * orchestrator.server.engine.Servers} port, and the only place with SQL for topology servers.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A probe is one packet on one persistent connection, and holds only statements that are
 *       known to succeed on that server; operators' own queries are sent apart, after the health of
 *       the server is known.
 *   <li>Every wait ends at a deadline, kept by the socket itself.
 *   <li>Every packet that changes a server begins with the guard of {@code FenceLock}: the server
 *       stops at it unless the session holds the server's named lock.
 *   <li>Two probes of one server never overlap, nor do two changes.
 * </ul>
 *
 * <p>Imports {@code engine} for the port, and {@code core}.
 */
@NullMarked
package orchestrator.server.mysql;

import org.jspecify.annotations.NullMarked;
