/**
 * What people and recoveries have said about servers, as values: never read off a server, always
 * replicated. Imports {@code topology} and {@code gtid}.
 */
@NullMarked
package orchestrator.core.facts;

import org.jspecify.annotations.NullMarked;
