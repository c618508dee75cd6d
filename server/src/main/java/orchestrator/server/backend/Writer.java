package orchestrator.server.backend;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. Jobs of the command log come first and are durable when they return;
 * all others are small, so that the log never waits long for them, and may lose their last moments
 * when the machine loses power.
 */
final class Writer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int MAX_WAITING = 10_000;
  private static final int COMMITS_PER_CHECKPOINT = 500;

  /** Something to do with the connection. */
  @FunctionalInterface
  interface Job {
    void run(Connection connection) throws SQLException;
  }

  private enum Priority {
    LOG,
    HISTORY,
    BULK,
    STOP
  }

  private record Task(Priority priority, long sequence, Job job) {}

  private final Path path;
  private final Connection connection;
  private final PriorityBlockingQueue<Task> queue =
      new PriorityBlockingQueue<>(
          64, Comparator.comparing(Task::priority).thenComparingLong(Task::sequence));
  private final List<Runnable> ticks = new CopyOnWriteArrayList<>();
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicInteger bulkWaiting = new AtomicInteger();
  private final Thread thread;
  private volatile Optional<String> failure = Optional.empty();
  private boolean durable = true;
  private int uncheckpointed;
  private boolean stopped;

  Writer(Path path, Connection connection) {
    this.path = path;
    this.connection = connection;
    this.thread = new Thread(this::loop, "backend-writer");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Runs before all bulk work, with every commit durable. */
  void submitLog(Job job) {
    queue.add(new Task(Priority.LOG, sequence.incrementAndGet(), job));
  }

  /** Runs before other bulk work, and is never dropped; it handles its own failures. */
  void submitHistory(Job job) {
    queue.add(new Task(Priority.HISTORY, sequence.incrementAndGet(), job));
  }

  /** Runs soon, in order; dropped with a line in the log when far too much is waiting. */
  void submitBulk(Job job) {
    if (bulkWaiting.incrementAndGet() > MAX_WAITING) {
      bulkWaiting.decrementAndGet();
      fail("more than " + MAX_WAITING + " writes are waiting: the disk is too slow");
      return;
    }
    queue.add(new Task(Priority.BULK, sequence.incrementAndGet(), job));
  }

  /** Called about each second on the writing thread; must not throw. */
  void onTick(Runnable tick) {
    ticks.add(tick);
  }

  boolean isCurrentThread() {
    return thread.equals(Thread.currentThread());
  }

  /** Why the latest bulk write failed. */
  Optional<String> failure() {
    return failure;
  }

  private void loop() {
    long nextTick = System.nanoTime() + TICK.toNanos();
    while (!stopped) {
      try {
        long wait = Math.max(0, nextTick - System.nanoTime());
        Optional<Task> task = Optional.ofNullable(queue.poll(wait, TimeUnit.NANOSECONDS));
        task.ifPresent(this::run);
        if (System.nanoTime() - nextTick >= 0) {
          tick();
          nextTick = System.nanoTime() + TICK.toNanos();
        }
      } catch (InterruptedException e) {
        LOG.warn("The backend's writer was interrupted, and goes on");
      }
    }
  }

  private void tick() {
    ticks.forEach(Runnable::run);
    if (failure.isPresent()) {
      runBulk(Meta::probe);
    }
    checkpointIfDue();
  }

  private void run(Task task) {
    switch (task.priority()) {
      case LOG -> runCareful(task.job(), true);
      case HISTORY -> runCareful(task.job(), false);
      case BULK -> {
        bulkWaiting.decrementAndGet();
        runBulk(task.job());
      }
      case STOP -> stopped = true;
    }
  }

  /** Such a job handles its own failures: what arrives here is a defect. */
  private void runCareful(Job job, boolean durably) {
    try {
      makeDurable(durably);
      uncheckpointed++;
      job.run(connection);
    } catch (SQLException | RuntimeException e) {
      LOG.error("A job of the log or the history failed", e);
    }
  }

  private void runBulk(Job job) {
    try {
      makeDurable(false);
      uncheckpointed++;
      job.run(connection);
      failure = Optional.empty();
    } catch (SQLException | RuntimeException e) {
      fail(e.toString());
    }
  }

  private void fail(String reason) {
    boolean isNew = failure.isEmpty();
    failure = Optional.of("Cannot write to " + path + ": " + reason);
    if (isNew) {
      LOG.error("Cannot write history and servers to {}: {}", path, reason);
    }
  }

  /** In WAL mode, NORMAL saves the fsync per commit; the next FULL commit brings all to disk. */
  private void makeDurable(boolean wanted) throws SQLException {
    if (durable != wanted) {
      Sqlite.execute(connection, "PRAGMA synchronous=" + (wanted ? "FULL" : "NORMAL"));
      durable = wanted;
    }
  }

  /** While idle, so that no commit has to wait for it. */
  private void checkpointIfDue() {
    if (uncheckpointed >= COMMITS_PER_CHECKPOINT && queue.isEmpty()) {
      runBulk(inside -> Sqlite.execute(inside, "PRAGMA wal_checkpoint(PASSIVE)"));
      uncheckpointed = 0;
    }
  }

  /** Does what is waiting, then closes the connection, which writes the WAL back. */
  @Override
  public void close() {
    queue.add(new Task(Priority.STOP, sequence.incrementAndGet(), inside -> {}));
    try {
      thread.join();
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("Closing {}: {}", path, e.toString());
    }
  }
}
