package orchestrator.server.raft;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the log goes, and how large it is. Both may have to wait for the disk, so they are looked
 * up beside whoever asks: a slow disk delays nobody who wants to know whether this node leads.
 */
final class LogGauge implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogGauge.class);
  private static final Duration PERIOD = Duration.ofMillis(100);
  private static final int LOOKS_PER_MEASUREMENT = 10;

  /**
   * @param last the newest entry; -1 before there is one
   * @param bytes on disk; -1 before they were measured
   */
  record Reading(long last, long bytes) {}

  private final LongSupplier last;
  private final LongSupplier bytes;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile Reading reading = new Reading(-1, -1);

  /**
   * @param last looks for the newest entry
   * @param bytes measures the log
   */
  LogGauge(LongSupplier last, LongSupplier bytes) {
    this.last = last;
    this.bytes = bytes;
    this.thread = new Thread(this::watch, "raft-log-gauge");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** As it was a moment ago, or when the disk last worked. Never waits. */
  Reading reading() {
    return reading;
  }

  private void watch() {
    try {
      for (int look = 0; !closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS); look++) {
        look(look % LOOKS_PER_MEASUREMENT == 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(boolean measures) {
    try {
      reading = new Reading(last.getAsLong(), measures ? bytes.getAsLong() : reading.bytes());
    } catch (RuntimeException e) {
      // Ratis closes its log when it fails; what that means is told elsewhere.
      log.debug("The log cannot be looked at", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
