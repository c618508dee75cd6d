package orchestrator.server.mysql;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Servers.Watch;
import orchestrator.server.engine.Servers.WatchListener;
import orchestrator.server.mysql.Connector.Purpose;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits in a server, on a connection of its own. A server that ends takes the connection with it,
 * which is seen at once; one that falls silent misses the end of the sleep.
 */
final class Watcher implements Watch, Runnable {
  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  /** Short enough to notice silence soon, long enough to cost the server nothing. */
  private static final int SLEEP_SECONDS = 1;

  private static final Duration ANSWER_BY = Duration.ofMillis(SLEEP_SECONDS * 1000L + 1000);
  private static final String SLEEP = "SELECT SLEEP(" + SLEEP_SECONDS + ")";

  /** A sleep that ends sooner was interrupted, as KILL QUERY does; many would be a busy loop. */
  private static final Duration SHORT_SLEEP = Duration.ofMillis(100);

  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  private final InstanceKey key;
  private final Connector connector;
  private final Duration connectTimeout;
  private final WatchListener listener;
  private final Consumer<Watcher> onClose;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private volatile boolean closed;
  private volatile @Nullable Session session;

  /**
   * @param onClose told when it is closed
   */
  Watcher(
      InstanceKey key,
      Connector connector,
      Duration connectTimeout,
      WatchListener listener,
      Consumer<Watcher> onClose) {
    this.key = key;
    this.connector = connector;
    this.connectTimeout = connectTimeout;
    this.listener = listener;
    this.onClose = onClose;
  }

  void start() {
    Thread.ofVirtual().name("watch-" + key).start(this);
  }

  @Override
  public void run() {
    Duration retry = FIRST_RETRY;
    while (!closed) {
      try (Session opened = connector.open(key, Purpose.WATCH, Deadline.after(connectTimeout))) {
        session = opened;
        retry = FIRST_RETRY;
        tell(() -> listener.onConnected(key));
        waitFor(opened);
      } catch (SessionException e) {
        log.debug("cannot watch {}: {}", key, e.reason());
      }
      pause(retry);
      retry = longer(retry);
    }
  }

  /** Returns when the connection has ended. */
  private void waitFor(Session opened) {
    while (!closed) {
      long started = System.nanoTime();
      try {
        opened.run(List.of(SLEEP), Deadline.after(ANSWER_BY));
      } catch (SessionException e) {
        // An error that the server tells, such as a time limit, shows that it is there.
        if (!e.isAnswered()) {
          if (!closed) {
            tell(() -> listener.onConnectionLost(key, key + ": " + e.reason()));
          }
          return;
        }
      }
      if (System.nanoTime() - started < SHORT_SLEEP.toNanos()) {
        pause(SHORT_SLEEP);
      }
    }
  }

  private void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      log.error("a listener failed on an event of {}", key, e);
    }
  }

  private static Duration longer(Duration retry) {
    Duration twice = retry.multipliedBy(2);
    return twice.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : twice;
  }

  private void pause(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    Session open = session;
    if (open != null) {
      open.close();
    }
    onClose.accept(this);
  }
}
