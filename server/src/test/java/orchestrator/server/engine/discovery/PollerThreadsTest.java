package orchestrator.server.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PollerThreadsTest {
  private final PollerThreads threads = new PollerThreads(1);
  private final List<Thread> seen = new CopyOnWriteArrayList<>();

  @Test
  void pollersBeyondTheBoundHaveVirtualThreads() {
    CountDownLatch end = new CountDownLatch(1);
    start(end);
    start(end);

    await().until(() -> seen.size() == 2);
    assertThat(seen).extracting(Thread::isVirtual).containsExactlyInAnyOrder(false, true);
    assertThat(seen).as("none keeps the process alive").allMatch(Thread::isDaemon);
    end.countDown();
  }

  @Test
  void aPollerThatEndedLeavesItsThreadToTheNext() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(0);
    for (int i = 0; i < 3; i++) {
      int before = i;
      start(over);
      await().until(() -> seen.size() == before + 1);
      seen.getLast().join();
    }

    assertThat(seen).noneMatch(Thread::isVirtual);
  }

  private void start(CountDownLatch end) {
    threads.start(
        "poll",
        () -> {
          seen.add(Thread.currentThread());
          awaitUninterruptibly(end);
        });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
