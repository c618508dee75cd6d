package orchestrator.sandbox.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has to end with the demo; ended once, the youngest first, on whichever way out. */
final class Cleanup implements AutoCloseable {
  private final Deque<Runnable> closings = new ArrayDeque<>();
  private boolean closed;

  /** Sees to it that something ends; at once, if the demo has ended already. */
  synchronized void add(Runnable closing) {
    if (closed) {
      closing.run();
    } else {
      closings.push(closing);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!closings.isEmpty()) {
      closings.pop().run();
    }
  }
}
