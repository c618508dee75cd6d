package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.server.raft.LogGauge.Reading;
import org.junit.jupiter.api.Test;

/** What is known of the log, also while the disk says nothing. */
class LogGaugeTest {
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch diskWorks = new CountDownLatch(1);

  private long waitForDisk() {
    looks.incrementAndGet();
    try {
      diskWorks.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 42;
  }

  @Test
  void whoeverAsksDoesNotWaitForTheDisk() {
    try (LogGauge gauge = new LogGauge(() -> 7, this::waitForDisk)) {
      gauge.start();
      await().until(() -> looks.get() > 0);

      assertThat(gauge.reading()).isEqualTo(new Reading(-1, -1));

      diskWorks.countDown();
      await().until(() -> gauge.reading().equals(new Reading(7, 42)));
    }
  }

  @Test
  void aFailureKeepsWhatWasKnown() {
    try (LogGauge gauge = new LogGauge(this::lookOnce, () -> 42)) {
      gauge.start();
      await().until(() -> looks.get() > 3);

      assertThat(gauge.reading()).isEqualTo(new Reading(1, 42));
    }
  }

  private long lookOnce() {
    if (looks.incrementAndGet() > 1) {
      throw new IllegalStateException("the log is closed");
    }
    return 1;
  }
}
