/**
 * Where a server stands in the history of its topology: GTID sets of MySQL (tagged ones too) and
 * positions of MariaDB as interval algebra, and coordinates in binary and relay logs.
 *
 * <p>Invariants: every value is immutable and in canonical form, so equal contents are {@code
 * equals}; set operations are linear in the number of intervals; texts enter only through the
 * {@code parse} methods, which throw {@link orchestrator.core.gtid.GtidParseException} and nothing
 * else. Both families meet in {@link orchestrator.core.gtid.GtidSet}.
 *
 * <p>Neighbours: imports no other package of the project; {@code topology}, {@code analysis} and
 * {@code recovery} compare servers with it.
 */
@NullMarked
package orchestrator.core.gtid;

import org.jspecify.annotations.NullMarked;
