package orchestrator.server.backend;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.server.engine.Projection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the entries of a replicated log into the history, in order, with their index in the same
 * transaction. What cannot be written waits, and is tried again each second. When too much waits,
 * nothing more is taken until the next start: the log still has it, since {@link #flush} says no.
 */
final class LogProjection implements Projection {
  private static final Logger LOG = LoggerFactory.getLogger(LogProjection.class);
  private static final int MAX_WAITING = 10_000;
  private static final int ENTRIES_PER_TRANSACTION = 100;

  private record Entry(long index, Traces traces) {}

  private record Batch(List<Entry> entries, long upTo) {}

  private final Writer writer;
  private final HistoryProjection history;
  private final String indexName;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Object lock = new Object();
  // Guarded by the lock:
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private long taken;
  private boolean overflowed;

  private volatile long applied;
  private volatile Optional<String> failure = Optional.empty();

  /**
   * @param indexName under which the applied index is kept
   */
  LogProjection(Writer writer, HistoryProjection history, String indexName, long applied) {
    this.writer = writer;
    this.history = history;
    this.indexName = indexName;
    this.applied = applied;
    this.taken = applied;
  }

  @Override
  public long appliedIndex() {
    return applied;
  }

  @Override
  public void apply(
      long index, ReplicatedState before, ReplicatedState after, List<Command> commands) {
    take(index, Traces.of(before, after, commands));
  }

  @Override
  public void jump(long index, ReplicatedState state) {
    take(index, Traces.of(ReplicatedState.EMPTY, state, List.of()));
  }

  private void take(long index, Traces traces) {
    synchronized (lock) {
      if (index <= taken || overflowed) {
        return;
      }
      if (waiting.size() >= MAX_WAITING) {
        overflowed = true;
        String reason =
            "More than %d entries of the log wait for the history: the rest is taken after a restart of this node"
                .formatted(MAX_WAITING);
        failure = Optional.of(reason);
        LOG.error(reason);
        return;
      }
      taken = index;
      if (traces.isEmpty()) {
        // The index alone is written with the next second.
        return;
      }
      waiting.add(new Entry(index, traces));
    }
    writeSoon();
  }

  void writeSoon() {
    if (scheduled.compareAndSet(false, true)) {
      writer.submitHistory(session -> {
        scheduled.set(false);
        writeAll(session);
      });
    }
  }

  /** Called each second on the writing thread. */
  void tick() {
    synchronized (lock) {
      if (taken == applied) {
        return;
      }
    }
    writeSoon();
  }

  Optional<String> failure() {
    return failure;
  }

  @Override
  public boolean flush(Duration limit) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    // A job of the log makes its commits durable, and with them all commits before.
    writer.submitLog(session -> done.complete(writeAll(session) && touch(session)));
    return done.completeOnTimeout(false, limit.toNanos(), TimeUnit.NANOSECONDS).join();
  }

  private static boolean touch(Session session) {
    try {
      Meta.probe(session);
      return true;
    } catch (SQLException e) {
      LOG.warn("The history cannot be made durable: {}", e.getMessage());
      return false;
    }
  }

  /** Whether all that was taken by now is written. */
  private boolean writeAll(Session session) {
    long target;
    synchronized (lock) {
      target = taken;
    }
    try {
      while (applied < target) {
        Batch batch = next();
        write(session, batch.entries(), batch.upTo());
        done(batch);
      }
    } catch (SQLException e) {
      fail(e);
      return false;
    }
    synchronized (lock) {
      if (!overflowed) {
        failure = Optional.empty();
      }
      return !overflowed;
    }
  }

  private Batch next() {
    synchronized (lock) {
      List<Entry> entries = new ArrayList<>();
      Iterator<Entry> iterator = waiting.iterator();
      while (iterator.hasNext() && entries.size() < ENTRIES_PER_TRANSACTION) {
        entries.add(iterator.next());
      }
      boolean all = entries.size() == waiting.size();
      return new Batch(entries, all ? taken : entries.getLast().index());
    }
  }

  private void done(Batch batch) {
    synchronized (lock) {
      batch.entries().forEach(entry -> waiting.remove());
      applied = batch.upTo();
    }
  }

  private void write(Session session, List<Entry> entries, long upTo) throws SQLException {
    try {
      session.transaction(inside -> {
        for (Entry entry : entries) {
          history.write(inside, entry.traces());
        }
        Meta.put(inside, indexName, upTo);
      });
    } catch (SQLException e) {
      if (!session.dialect().refusesData(e)) {
        throw e;
      }
      writeWithoutRefused(session, entries, upTo, e);
    } catch (RuntimeException e) {
      writeWithoutRefused(session, entries, upTo, e);
    }
  }

  /** What the store will never take must not hold up all that comes after it. */
  private void writeWithoutRefused(
      Session session, List<Entry> entries, long upTo, Exception reason) throws SQLException {
    if (entries.size() > 1) {
      for (Entry entry : entries) {
        write(session, List.of(entry), entry.index());
      }
    } else {
      LOG.error("Entry {} of the log leaves no trace in the history", upTo, reason);
    }
    session.transaction(inside -> Meta.put(inside, indexName, upTo));
  }

  private void fail(SQLException e) {
    boolean isNew = failure.isEmpty();
    failure = Optional.of("Cannot write the history of the log: " + e.getMessage());
    if (isNew) {
      LOG.error("{}; it is tried again each second", failure.get());
    }
  }
}
