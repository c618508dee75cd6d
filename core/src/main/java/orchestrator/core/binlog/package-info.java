/**
 * Where one server stands in the binary log of another, found by comparing what both have logged.
 * Pure: the logs are read through {@link orchestrator.core.binlog.LogReader}, a port.
 *
 * <p>Invariant: a place is told only where it is certain. A marker that is missing or not unique,
 * an event that differs, a log that cannot be read, or a bound that was reached is a reason to tell
 * none. Imports {@code topology} and {@code gtid}.
 */
@NullMarked
package orchestrator.core.binlog;

import org.jspecify.annotations.NullMarked;
