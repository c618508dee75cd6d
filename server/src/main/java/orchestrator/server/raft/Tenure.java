package orchestrator.server.raft;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Since when the present leader is there, as Ratis tells it: the moment that a role seen from
 * outside cannot give.
 */
final class Tenure {
  private final RaftSettings.Timing timing;
  private final List<Runnable> alarms = new CopyOnWriteArrayList<>();
  private volatile long leaderSinceNanos = System.nanoTime();

  Tenure(RaftSettings.Timing timing) {
    this.timing = timing;
  }

  /**
   * Called when something in the group may have changed, on Ratis's threads: must return at once.
   */
  void onAlarm(Runnable alarm) {
    alarms.add(alarm);
  }

  /**
   * Whether no leader before the present one can still believe that it leads. Its last message that
   * a majority accepted was sent before that majority voted, and it trusts in it for the lease:
   * this waits longer, as far as clocks may differ.
   */
  boolean isFormerLeaseOver() {
    return System.nanoTime() - leaderSinceNanos >= timing.min().toNanos();
  }

  /** A leader was elected. */
  void begin() {
    leaderSinceNanos = System.nanoTime();
    alarm();
  }

  void alarm() {
    alarms.forEach(Runnable::run);
  }
}
