/**
 * The stored form of what {@code core} knows: commands, the replicated state, servers, history.
 * JSON with a version number.
 *
 * <p>Exact: what was written is read back equal. Stable: the same value gives the same bytes, and
 * what an earlier version wrote is read for ever. Tolerant: fields that a newer version added are
 * ignored, fields that an older one lacked are empty. A command of an unknown kind is an error,
 * since skipping it would make nodes disagree.
 *
 * <p>No adapter but a value: used by whoever stores or sends. Imports {@code core} alone.
 */
@NullMarked
package orchestrator.server.codec;

import org.jspecify.annotations.NullMarked;
