/**
 * What is known and what is decided: pure values and functions. No I/O, no threads, no clock, no
 * logging; time arrives as an argument. The architecture tests hold this line.
 */
@NullMarked
package orchestrator.core;

import org.jspecify.annotations.NullMarked;
