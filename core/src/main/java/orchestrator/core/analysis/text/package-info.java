/**
 * Servers and topologies as plain text, in the forms that scripts have come to parse. Belongs to
 * {@code analysis}, whose thresholds decide what is lagging and what is stale.
 */
@NullMarked
package orchestrator.core.analysis.text;

import org.jspecify.annotations.NullMarked;
