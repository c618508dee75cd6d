package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.Instance;

/** How long the candidate is waited for, and how often it is read meanwhile. */
final class Waiting {
  private Waiting() {}

  /** Keeps the clock of the present wait. */
  static boolean isTooLong(Turn t, List<?> mark, Duration withoutProgress) {
    if (t.s.waitingSince.isEmpty()) {
      t.s.waitingSince = Optional.of(t.now);
      t.s.lastProgress = t.now;
    }
    if (!mark.equals(t.s.progressMark)) {
      t.s.progressMark = mark;
      t.s.lastProgress = t.now;
    }
    Duration whole =
        t.policy().promotion().delayIfNotUpToDate()
            ? Patience.DELAYED_PROMOTION
            : t.policy().waits().bulk();
    Instant since = t.s.waitingSince.get();
    return !t.now.isBefore(since.plus(whole))
        || !t.now.isBefore(t.s.lastProgress.plus(withoutProgress));
  }

  static void poll(Turn t, Instance instance) {
    t.s.polled.add(instance.key());
    if (!t.isWakePending(Alarm.POLL)) {
      t.wake(Alarm.POLL, pollInterval(t));
    }
  }

  /**
   * A quarter of the time waited so far: so the end of a wait is seen late by a quarter at most.
   */
  static Duration pollInterval(Turn t) {
    return pollInterval(t.s.waitingSince.orElse(t.now), t.now, Patience.LAST_POLL);
  }

  static Duration pollInterval(Instant since, Instant now, Duration longest) {
    Duration quarter = Duration.between(since, now).dividedBy(4);
    return quarter.compareTo(Patience.FIRST_POLL) < 0
        ? Patience.FIRST_POLL
        : quarter.compareTo(longest) > 0 ? longest : quarter;
  }

  /** Reads the servers that are waited for. */
  static void pollNow(Turn t) {
    if (t.s.phase == Phase.PREPARING) {
      t.s.polled.forEach(key -> t.probe(new Pending.Poll(key), key));
    }
    t.s.polled.clear();
  }
}
