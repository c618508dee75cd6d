package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What is done again and again, each on a thread of its own, until all are told to end. */
final class Loops implements AutoCloseable {
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final CountDownLatch ending = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  /** What went wrong with the run itself. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  void repeat(String name, Duration pause, Runnable task) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                while (!ending.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                  task.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                failures.add(name + ": " + e);
              }
            }));
  }

  /** Lets each finish what it is at. */
  @Override
  public void close() {
    ending.countDown();
    for (Thread thread : threads) {
      try {
        if (!thread.join(END_LIMIT)) {
          failures.add(thread.getName() + " does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
