package orchestrator.simulation;

import java.time.Instant;
import java.util.PriorityQueue;

/**
 * Virtual time in milliseconds; what is due at the same moment happens in the order of planning.
 */
final class EventQueue {
  static final Instant BEGINNING = Instant.parse("2026-01-15T12:00:00Z");

  private record Due(long at, long number, Runnable work) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private long now;
  private long count;

  long now() {
    return now;
  }

  Instant instant() {
    return BEGINNING.plusMillis(now);
  }

  void after(long millis, Runnable work) {
    due.add(new Due(now + Math.max(0, millis), count++, work));
  }

  void at(long moment, Runnable work) {
    after(moment - now, work);
  }

  /** Lets the next event happen; false when none is due before {@code end}. */
  boolean next(long end) {
    Due first = due.peek();
    if (first == null || first.at() >= end) {
      return false;
    }
    due.remove();
    now = first.at();
    first.work().run();
    return true;
  }

  /** How many events were planned so far. */
  long count() {
    return count;
  }
}
