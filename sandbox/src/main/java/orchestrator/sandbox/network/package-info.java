/**
 * A private network of data centres on one machine: Linux network namespaces that packet filters
 * cut from each other. It takes root. A relay makes the way to a service long, and takes none.
 *
 * <p>Invariants: what is cut is silent, as a real partition is: packets vanish, nobody is told, and
 * established connections hang. The machine itself reaches every address at any time, so a test can
 * ask both sides. Everything is removed by {@link orchestrator.sandbox.network.Network#close}; what
 * a killed process left is removed by the next one that makes a network.
 *
 * <p>Neighbours: {@code install} finds the packet filter's program; a site's {@code
 * process.Placement} puts a server, or any other process, into it.
 */
@NullMarked
package orchestrator.sandbox.network;

import org.jspecify.annotations.NullMarked;
