/**
 * The configuration as one validated immutable snapshot.
 *
 * <p>Every key is declared once, in the group record that hands its value out ({@link
 * orchestrator.server.config.DiscoveryConfiguration} and its neighbours): name, type, default,
 * meaning. Whether a key already acts is said in one table, {@link
 * orchestrator.server.config.KeyStatuses}. The reference in {@code docs/configuration.md} is
 * generated from these declarations.
 *
 * <p>Invariants: a {@link orchestrator.server.config.Configuration} never changes and holds only
 * valid values; all files are merged before anything is derived, so the order of files never leaves
 * a stale derived value behind; no message shows a secret; a key that restricts or protects and is
 * not built yet ends in {@link orchestrator.server.config.ConfigurationResult.Refused}.
 *
 * <p>Neighbours: everything in {@code orchestrator.server} may read this package; it reads nothing
 * but files and the environment given to it.
 */
@NullMarked
package orchestrator.server.config;

import org.jspecify.annotations.NullMarked;
