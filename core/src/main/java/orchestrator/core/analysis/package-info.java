/**
 * What is wrong: from a topology and what was said of it to one {@link
 * orchestrator.core.analysis.Diagnosis} per server, and what is to be done while it is not certain.
 *
 * <p>Invariants: everything is a function of its arguments, the moment included; a topology of any
 * shape (rings, unknown sources, groups) is analyzed without an exception. A diagnosis says what
 * was read; whether enough was read to act upon is the question of {@link
 * orchestrator.core.analysis.Evidence}.
 *
 * <p>Imports {@code gtid}, {@code topology}, {@code facts} and {@code state}; {@code recovery}
 * builds on it.
 */
@NullMarked
package orchestrator.core.analysis;

import org.jspecify.annotations.NullMarked;
