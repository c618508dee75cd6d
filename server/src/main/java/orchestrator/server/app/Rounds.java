package orchestrator.server.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again, each time a while after the last, until it is closed. */
final class Rounds implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Rounds.class);

  private final String name;
  private final Duration period;
  private final Runnable round;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param name of the thread
   * @param round one that fails is logged, and the next one follows
   */
  Rounds(String name, Duration period, Runnable round) {
    this.name = name;
    this.period = period;
    this.round = round;
  }

  /** On a platform thread of its own: busy carriers of virtual threads do not hold it up. */
  void start() {
    Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  private void run() {
    try {
      while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
        runOne();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runOne() {
    try {
      round.run();
    } catch (RuntimeException e) {
      log.error("A round of {} failed", name, e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
