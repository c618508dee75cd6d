package orchestrator.server.raft;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orchestrator.core.state.CommandResult;
import orchestrator.server.engine.Consensus.Submission;

/**
 * The submissions of this node that wait for their outcome. The entry itself decides: applied here,
 * it is committed; once an entry of a newer term was applied before it, it never will be. What
 * Ratis replies counts only as long as the entry was not written to the log: a leader that steps
 * down answers "not leader" for entries that its successor may commit.
 */
final class Submissions {
  private static final String OTHER_LEADER = "Not done: another leader was elected in the meantime";

  private final Map<CommandId, Waiting> waiting = new ConcurrentHashMap<>();

  /** One that waits. */
  static final class Waiting {
    private final CompletableFuture<Submission> outcome = new CompletableFuture<>();
    private volatile boolean appended;

    /** From now on it may be in the log of other nodes. */
    void markAppended() {
      appended = true;
    }

    /** Ratis gave up on it. */
    void onFailure(String reason) {
      if (!appended) {
        outcome.complete(new Submission.Rejected(reason));
      }
    }
  }

  Waiting expect(CommandId id) {
    Waiting added = new Waiting();
    waiting.put(id, added);
    return added;
  }

  Optional<Waiting> find(CommandId id) {
    return Optional.ofNullable(waiting.get(id));
  }

  /** On the applying thread. */
  void onApplied(CommandId id, long index, List<CommandResult> results) {
    find(id).ifPresent(entry -> entry.outcome.complete(new Submission.Committed(index, results)));
  }

  /** On the applying thread, for every entry whatever it holds. */
  void onTerm(long term) {
    for (Map.Entry<CommandId, Waiting> entry : waiting.entrySet()) {
      if (entry.getKey().term() < term) {
        entry.getValue().outcome.complete(new Submission.Rejected(OTHER_LEADER));
      }
    }
  }

  /**
   * On the applying thread: a snapshot has taken the place of entries that were not applied here.
   *
   * @param term of the last entry in it
   * @param recent what was applied before
   */
  void onSnapshot(long term, RecentCommands recent) {
    waiting.forEach((id, entry) -> {
      if (recent.find(id).isPresent() || (id.term() < term && !recent.knowsAllOf(id.term()))) {
        entry.outcome.complete(
            unknown(
                id, "It was decided while this node was behind; what it did is not told again"));
      } else if (id.term() < term) {
        entry.outcome.complete(new Submission.Rejected(OTHER_LEADER));
      }
    });
  }

  /** Waits for the outcome, and forgets the submission. */
  Submission await(CommandId id, Waiting entry, Duration deadline) {
    try {
      return entry.outcome.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return unknown(id, "Not decided within " + deadline.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unknown(id, "Interrupted while waiting");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      waiting.remove(id);
    }
  }

  private static Submission.Unknown unknown(CommandId id, String reason) {
    return new Submission.Unknown(reason, Optional.of(id.toString()));
  }
}
