package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicReference<Thread> thread = new AtomicReference<>();
  private final Rounds rounds = new Rounds("test", Duration.ofMillis(1), this::round);

  @Test
  void aRoundThatFailsIsFollowedByTheNextUntilTheEnd() throws InterruptedException {
    rounds.start();
    await().until(() -> begun.get() >= 3);

    rounds.close();

    assertThat(thread.get().join(Duration.ofSeconds(10))).as("the thread ended").isTrue();
  }

  private void round() {
    thread.set(Thread.currentThread());
    if (begun.incrementAndGet() == 1) {
      throw new IllegalStateException("the first one fails");
    }
  }
}
