package orchestrator.server.engine.discovery;

import java.util.concurrent.Semaphore;

/**
 * A thread for each poller. The first ones get platform threads: an answer that a virtual thread
 * waits for goes through the poller of sockets, the timer of the deadline and a carrier, and each
 * hand-over wakes a thread of the system, which costs a quarter of a probe. A platform thread is
 * woken once. It takes more memory, so the number is bounded.
 */
final class PollerThreads {
  private final Semaphore platform;

  /**
   * @param platformThreads how many pollers at a time have a platform thread; the others have
   *     virtual ones
   */
  PollerThreads(int platformThreads) {
    this.platform = new Semaphore(platformThreads);
  }

  void start(String name, Runnable poller) {
    if (!platform.tryAcquire()) {
      Thread.ofVirtual().name(name).start(poller);
      return;
    }
    Runnable released =
        () -> {
          try {
            poller.run();
          } finally {
            platform.release();
          }
        };
    Thread.ofPlatform().daemon().name(name).start(released);
  }
}
