package orchestrator.sandbox.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The transactions that the application was told are committed: what a failover ought to keep.
 *
 * <p>One of them may be in doubt: it was sent, and the connection ended before the answer. It may
 * exist or not, and neither is a loss.
 */
final class Ledger {
  /**
   * A transaction that the server acknowledged.
   *
   * @param id of its row
   * @param at when the acknowledgement had arrived
   */
  record Acknowledged(long id, Instant at) {}

  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private Optional<Long> doubtful = Optional.empty();

  synchronized void acknowledge(long id, Instant at) {
    acknowledged.add(new Acknowledged(id, at));
    doubtful = Optional.empty();
  }

  /** The row was sent: in doubt until it is acknowledged. */
  synchronized void send(long id) {
    doubtful = Optional.of(id);
  }

  synchronized int size() {
    return acknowledged.size();
  }

  synchronized Optional<Long> doubtful() {
    return doubtful;
  }

  /** The acknowledged transactions whose rows are not among these, in the order they were made. */
  synchronized List<Acknowledged> missingFrom(Set<Long> ids) {
    return acknowledged.stream().filter(entry -> !ids.contains(entry.id())).toList();
  }
}
