/**
 * Moving replicas: the actions that change a server, and who may replicate from whom. Actions are
 * values; the shell carries them out. Imports {@code topology}, {@code facts} and {@code gtid}.
 */
@NullMarked
package orchestrator.core.relocation;

import org.jspecify.annotations.NullMarked;
