package orchestrator.server.backend;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Consensus.Submission;

/** One submission on its way: given up by its submitter, or taken by the writer, never both. */
final class Proposal {
  private enum Stage {
    WAITING,
    TAKEN,
    GIVEN_UP
  }

  private final List<Command> commands;
  private final byte[] entry;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final CompletableFuture<Submission> outcome = new CompletableFuture<>();

  Proposal(List<Command> commands, byte[] entry) {
    this.commands = commands;
    this.entry = entry;
  }

  List<Command> commands() {
    return commands;
  }

  byte[] entry() {
    return entry;
  }

  /** Whether it is to be written: false when the submitter has gone. */
  boolean take() {
    return stage.compareAndSet(Stage.WAITING, Stage.TAKEN);
  }

  void complete(Submission submission) {
    outcome.complete(submission);
  }

  Submission await(Duration deadline) {
    try {
      return outcome.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return giveUp("no answer of the disk within " + deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return giveUp("interrupted while waiting for the disk");
    } catch (ExecutionException e) {
      throw new AssertionError("never completed exceptionally", e);
    }
  }

  private Submission giveUp(String reason) {
    return stage.compareAndSet(Stage.WAITING, Stage.GIVEN_UP)
        ? new Submission.Rejected("Not written: " + reason)
        : new Submission.Unknown("Perhaps written: " + reason);
  }
}
