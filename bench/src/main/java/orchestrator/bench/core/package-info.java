/**
 * What decisions cost, without servers: JMH benchmarks of the functional core. Imports the core and
 * the builders of its tests only.
 */
@NullMarked
package orchestrator.bench.core;

import org.jspecify.annotations.NullMarked;
