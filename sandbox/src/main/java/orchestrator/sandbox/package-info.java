/**
 * Real MySQL and MariaDB servers on loopback, replicating in any shape: for the demo, tests and
 * benchmarks.
 *
 * <p>Invariants: a server never outlives the process that started it, however that process ended;
 * unless asked to keep them, its data directories go with it; servers of parallel processes never
 * share a port. Everything listens on 127.0.0.1 only, or on the private addresses of a {@code
 * network}, and all passwords are the user's name: nothing here is for production.
 *
 * <p>All servers share the machine's {@code @@hostname}, so a manager must be configured with
 * {@code "MySQLHostnameResolveMethod": "none"} (or {@code "@@report_host"}, which is set) and,
 * because replicas differ from their master by port only, with {@code "DiscoverByShowSlaveHosts":
 * true}.
 *
 * <p>Neighbours: {@code install} finds the server programs, {@code process} runs them, {@code
 * network} gives them places that can be cut from each other, {@code history} checks what was
 * recorded while they were disturbed. Nothing of the product is used here: the sandbox knows
 * servers, not their manager.
 */
@NullMarked
package orchestrator.sandbox;

import org.jspecify.annotations.NullMarked;
