package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
  private static final int JOBS_PER_TIDYING = 500;

  /** A store that nobody writes to can be gone without anybody noticing. */
  private static final Duration PROBE_AFTER = Duration.ofSeconds(2);

  /** What takes longer counts as failing. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** Something to write. */
  @FunctionalInterface
  interface Job {
    void run(Session session) throws SQLException;
  }

  private enum Priority {
    LOG,
    HISTORY,
    BULK,
    STOP
  }

  private record Task(Priority priority, long sequence, Job job) {}

  private final Database database;
  private final Session session;
  private final PriorityBlockingQueue<Task> queue =
      new PriorityBlockingQueue<>(
          64, Comparator.comparing(Task::priority).thenComparingLong(Task::sequence));
  private final List<Runnable> ticks = new CopyOnWriteArrayList<>();
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicInteger bulkWaiting = new AtomicInteger();
  private final Thread thread;
  private volatile Optional<String> failure = Optional.empty();

  /** When the job that runs now began, on the monotonic clock. */
  private volatile OptionalLong busySince = OptionalLong.empty();

  // Of the writing thread only:
  private int untidied;
  private boolean stopped;

  Writer(Database database, Connection connection) {
    this.database = database;
    this.session = new Session(database, connection);
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

  /** Why the latest bulk write failed, or that a write takes too long. */
  Optional<String> failure() {
    OptionalLong began = busySince;
    if (failure.isEmpty() && began.isPresent()) {
      long now = System.nanoTime();
      Duration busy =
          Duration.ofNanos(Math.min(now - began.getAsLong(), now - session.lastSuccessNanos()));
      if (busy.compareTo(SLOW) > 0) {
        return Optional.of(
            "A write to %s has taken %d s".formatted(database.description(), busy.toSeconds()));
      }
    }
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
    boolean silent = System.nanoTime() - session.lastSuccessNanos() > PROBE_AFTER.toNanos();
    if (failure.isPresent() || silent) {
      runBulk(Meta::probe);
    }
    if (untidied >= JOBS_PER_TIDYING && queue.isEmpty()) {
      runBulk(inside -> inside.run(database::tidy));
      untidied = 0;
    }
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
    begin();
    try {
      session.prefer(durably);
      job.run(session);
    } catch (SQLException | RuntimeException e) {
      LOG.error("A job of the log or the history failed", e);
    } finally {
      end();
    }
  }

  private void runBulk(Job job) {
    begin();
    try {
      session.prefer(false);
      job.run(session);
      failure = Optional.empty();
    } catch (SQLException | RuntimeException e) {
      fail(e.toString());
    } finally {
      end();
    }
  }

  private void begin() {
    busySince = OptionalLong.of(System.nanoTime());
  }

  private void end() {
    busySince = OptionalLong.empty();
    untidied++;
  }

  private void fail(String reason) {
    boolean isNew = failure.isEmpty();
    failure = Optional.of("Cannot write to " + database.description() + ": " + reason);
    if (isNew) {
      LOG.error("Cannot write history and servers to {}: {}", database.description(), reason);
    }
  }

  /**
   * Does what is waiting, then closes the connection. A store that does not answer is not waited
   * for longer than {@link #CLOSE_LIMIT}.
   */
  @Override
  public void close() {
    queue.add(new Task(Priority.STOP, sequence.incrementAndGet(), inside -> {}));
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.error("{} does not take what is still to be written", database.description());
        session.abort();
        thread.join(CLOSE_LIMIT);
        return;
      }
      session.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("Closing {}: {}", database.description(), e.toString());
    }
  }
}
