package orchestrator.server.raft;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import orchestrator.server.engine.Group.CommandFate;

/** What came of commands, so far as this node knows. */
final class Fates {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final CommandMachine machine;
  private final StatusReader status;
  private final Abandoned abandoned;
  private final LongSupplier lastEntry;

  /**
   * @param lastEntry the newest in the log, with any that is being written
   */
  Fates(CommandMachine machine, StatusReader status, Abandoned abandoned, LongSupplier lastEntry) {
    this.machine = machine;
    this.status = status;
    this.abandoned = abandoned;
    this.lastEntry = lastEntry;
  }

  CommandFate of(CommandId id) {
    boolean isPast = machine.position().at().getTerm() > id.term();
    CommandFate applied = applied(id);
    if (applied != CommandFate.NOT_DONE || isPast) {
      return applied;
    }
    return settle(id);
  }

  /** As the applied entries say: not done, if no other can follow. */
  private CommandFate applied(CommandId id) {
    return machine
        .recent()
        .find(id)
        .map(done -> done ? CommandFate.DONE : CommandFate.REFUSED)
        .orElseGet(() ->
            machine.recent().knowsAllOf(id.term()) ? CommandFate.NOT_DONE : CommandFate.UNKNOWN);
  }

  /**
   * Only the leader of its term could still write a command: this one does not from now on, so that
   * whatever it has not written by now is not done.
   */
  private CommandFate settle(CommandId id) {
    if (!status.isReadyIn(id.term()) || !abandoned.add(id)) {
      return CommandFate.UNKNOWN;
    }
    long last = lastEntry.getAsLong();
    long began = System.nanoTime();
    while (machine.getLastAppliedTermIndex().getIndex() < last) {
      if (System.nanoTime() - began > LIMIT.toNanos()) {
        return CommandFate.UNKNOWN;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return applied(id);
  }
}
