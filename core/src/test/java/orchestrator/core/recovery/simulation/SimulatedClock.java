package orchestrator.core.recovery.simulation;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: things happen in the order of their moments, and of their being planned. */
final class SimulatedClock {
  private record Task(long at, long order, Runnable action) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
  private long now;
  private long planned;

  /** Milliseconds since the world began. */
  long now() {
    return now;
  }

  Instant instant() {
    return Scenario.START.plusMillis(now);
  }

  void after(long millis, Runnable action) {
    tasks.add(new Task(now + Math.max(0, millis), planned++, action));
  }

  /** Lets the next thing happen. False when there is none, or it is later than {@code limit}. */
  boolean runNext(long limit) {
    Task next = tasks.peek();
    if (next == null || next.at() > limit) {
      return false;
    }
    tasks.remove();
    now = next.at();
    next.action().run();
    return true;
  }
}
