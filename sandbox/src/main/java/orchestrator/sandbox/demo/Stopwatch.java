package orchestrator.sandbox.demo;

import java.time.Duration;
import java.util.Locale;

/** How long it has been since a moment. */
final class Stopwatch {
  private final long startNanos = System.nanoTime();

  private Stopwatch() {}

  static Stopwatch start() {
    return new Stopwatch();
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  boolean isPast(Duration limit) {
    return elapsed().compareTo(limit) > 0;
  }

  /** In seconds with one digit, such as {@code 2.1 s}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f s", elapsed().toMillis() / 1000.0);
  }
}
