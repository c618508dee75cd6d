package orchestrator.server.app;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How this process ends: told to by a signal, or because it cannot do its work any more. */
final class Ending {
  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  /** Longest time for an orderly end after a failure. */
  private static final long FAILED_END_MILLIS = 15_000;

  /**
   * @param exitCode of the process
   * @param message for people
   */
  record Failure(int exitCode, String message) {}

  private final CountDownLatch wanted = new CountDownLatch(1);
  private final AtomicReference<Optional<Failure>> failure =
      new AtomicReference<>(Optional.empty());

  /** In good order. */
  void stop() {
    wanted.countDown();
  }

  /** The first failure counts. Returns at once: it is called by threads that the end waits for. */
  void fail(int exitCode, String message) {
    Failure first = new Failure(exitCode, message);
    if (!failure.compareAndSet(Optional.empty(), Optional.of(first))) {
      return;
    }
    log.error("This node leaves: {}", message);
    Thread.ofPlatform()
        .daemon()
        .name("end-at-last")
        .start(() -> {
          try {
            Thread.sleep(FAILED_END_MILLIS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          Runtime.getRuntime().halt(exitCode);
        });
    wanted.countDown();
  }

  void await() throws InterruptedException {
    wanted.await();
  }

  Optional<Failure> failure() {
    return failure.get();
  }
}
