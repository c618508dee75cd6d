package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How near the target of a takeover is to a master that takes writes, by looks at both. What it
 * lacks when the master is set read-only is what clients then wait for.
 *
 * @param since the first look of all
 * @param looks the last ones, oldest first, over {@link #PACE} where there are so many; never empty
 * @param nearest the first look that found the target as near as it ever was
 */
record Nearness(Instant since, List<Look> looks, Look nearest) {
  /** Over how long the pace is measured: a single interval says little. */
  private static final Duration PACE = Duration.ofMillis(500);

  /**
   * A target that was nearer so long ago does not get nearer. Waiting for it makes the outage
   * longer by what the load is ahead of it meanwhile.
   */
  static final Duration STALL = Duration.ofMillis(500);

  /**
   * @param applied what the target has
   * @param lacking what the master has and the target has not
   */
  record Look(Instant at, Progress applied, Progress.Gap lacking) {
    long size() {
      return lacking.size();
    }
  }

  enum Verdict {
    NEAR,
    /** It may get nearer. */
    WAIT,
    /** It will not get nearer by waiting, or there is no more time. */
    AS_NEAR_AS_IT_GETS
  }

  Nearness {
    looks = List.copyOf(looks);
  }

  /** After one more look. */
  static Nearness after(Optional<Nearness> before, Progress master, Progress target, Instant now) {
    List<Look> looks = new ArrayList<>(before.map(Nearness::looks).orElse(List.of()));
    looks.add(new Look(now, target, master.beyond(target)));
    while (looks.size() > 1 && !looks.get(1).at().isAfter(now.minus(PACE))) {
      looks.removeFirst();
    }
    Look last = looks.getLast();
    Look nearest = before.map(Nearness::nearest).filter(n -> n.size() <= last.size()).orElse(last);
    Nearness next = new Nearness(before.map(Nearness::since).orElse(now), looks, nearest);
    // One that applies nothing may be busy with a long transaction: what counts is how it goes on.
    return next.isIdle() || !next.isCounted()
        ? new Nearness(next.since(), List.of(last), last)
        : next;
  }

  /** How long a file of a log is that was left is not known. */
  private boolean isCounted() {
    return lacking().isCounted();
  }

  private boolean isIdle() {
    Look from = beginOfPace();
    return expected().isEmpty() && !from.at().isAfter(looks.getLast().at().minus(PACE));
  }

  /** What the target lacks. */
  Progress.Gap lacking() {
    return looks.getLast().lacking();
  }

  /**
   * How long the target needs to apply what it lacks, at the pace it has had; empty when it has
   * applied nothing meanwhile.
   */
  Optional<Duration> expected() {
    Look last = looks.getLast();
    if (last.size() == 0) {
      return Optional.of(Duration.ZERO);
    }
    if (!isCounted()) {
      return Optional.empty();
    }
    Look from = beginOfPace();
    long applied = last.applied().beyond(from.applied()).size();
    double nanos = Duration.between(from.at(), last.at()).toNanos();
    return applied == 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos((long) (nanos / applied * last.size())));
  }

  private Look beginOfPace() {
    Instant at = looks.getLast().at().minus(PACE);
    return looks.reversed().stream()
        .filter(look -> !look.at().isAfter(at))
        .findFirst()
        .orElse(looks.getFirst());
  }

  /**
   * @param near how long the target may need to count as near
   * @param limit how long to wait in all, and what the target may need at the most
   */
  Verdict verdict(Duration near, Duration limit) {
    if (isExpectedWithin(near)) {
      return Verdict.NEAR;
    }
    Instant now = looks.getLast().at();
    // Clients lose nothing while a target that needs too long is waited for: its pace may change.
    return (isStalled(now) && isExpectedWithin(limit)) || !now.isBefore(since.plus(limit))
        ? Verdict.AS_NEAR_AS_IT_GETS
        : Verdict.WAIT;
  }

  /** It is not as near as it was, and does not come nearer now. */
  private boolean isStalled(Instant now) {
    return isCounted()
        && !nearest.at().isAfter(now.minus(STALL))
        && lacking().size() >= beginOfPace().size();
  }

  /** Whether the target needs no longer than this to apply what it lacks. */
  boolean isExpectedWithin(Duration limit) {
    return expected().filter(time -> time.compareTo(limit) <= 0).isPresent();
  }
}
