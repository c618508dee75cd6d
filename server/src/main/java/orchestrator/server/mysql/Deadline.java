package orchestrator.server.mysql;

import java.time.Duration;

/** A moment on the monotonic clock by which something has to be over. */
record Deadline(long nanoTime) {
  static Deadline after(Duration duration) {
    // Bounded so that the sum cannot overflow.
    long nanos =
        Math.min(
            duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos(),
            LONGEST.toNanos());
    return new Deadline(System.nanoTime() + nanos);
  }

  private static final Duration LONGEST = Duration.ofDays(365);

  long remainingNanos() {
    return nanoTime - System.nanoTime();
  }

  Duration remaining() {
    return Duration.ofNanos(Math.max(0, remainingNanos()));
  }

  boolean isOver() {
    return remainingNanos() <= 0;
  }

  Deadline orSooner(Duration duration) {
    Deadline other = after(duration);
    return other.nanoTime - nanoTime < 0 ? other : this;
  }
}
