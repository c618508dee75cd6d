package orchestrator.server.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time of day, and whatever the test lets pass at once. */
public final class FakeClock implements InstantSource {
  private volatile Duration passed = Duration.ZERO;

  @Override
  public Instant instant() {
    return Instant.now().plus(passed);
  }

  public synchronized void pass(Duration time) {
    passed = passed.plus(time);
  }
}
