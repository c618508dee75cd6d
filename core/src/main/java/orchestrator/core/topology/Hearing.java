package orchestrator.core.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a replica that waits for its source to send something has heard of it. A source that has
 * nothing to send sends a heartbeat each {@code period} (the replica's {@code
 * MASTER_HEARTBEAT_PERIOD}, by default half its {@code slave_net_timeout}). So a replica that gets
 * neither for longer hears nothing, long before its own timeout makes it say so.
 *
 * @param heartbeats how many were received
 * @param period greater than zero
 * @param relayLogBytes how large all relay logs are: it changes with whatever is written to them,
 *     also with a new connection to the source
 * @param silence for how long nothing more was heard; empty in a reading of its own
 */
public record Hearing(
    long heartbeats, Duration period, long relayLogBytes, Optional<Silence> silence) {

  /** How late a heartbeat may be: sent late, or read late. */
  static final Duration MARGIN = Duration.ofSeconds(2);

  /**
   * The longest time between two readings that tell of one silence. A replica that was frozen for
   * longer has not heard what was sent to it, whatever was sent.
   */
  static final Duration LONGEST_GAP = Duration.ofSeconds(7);

  /**
   * For how long there must have been no gap longer than the margin: by then a replica that was
   * frozen has read what waited for it.
   */
  static final Duration STEADY = Duration.ofSeconds(1);

  public Hearing {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("no heartbeats are sent each " + period);
    }
  }

  /** As one reading found it. */
  public static Hearing of(long heartbeats, Duration period, long relayLogBytes) {
    return new Hearing(heartbeats, period, relayLogBytes, Optional.empty());
  }

  /**
   * How long nothing was heard, by a clock of the manager's that nobody sets; never longer than it
   * was.
   *
   * @param since the end of the first reading that found what all later ones found
   * @param steadySince the beginning of the first reading after which no gap was longer than the
   *     margin
   * @param until the beginning of the latest reading
   */
  public record Silence(Instant since, Instant steadySince, Instant until) {
    /** How long it has lasted at least. */
    public Duration duration() {
      return Duration.between(since, until);
    }

    private boolean isSteady() {
      return Duration.between(steadySince, until).compareTo(STEADY) >= 0;
    }

    /** Empty when nobody looked for too long. Readings may overlap. */
    private Optional<Silence> goingOn(Instant began) {
      Duration gap = Duration.between(until, began);
      if (gap.compareTo(LONGEST_GAP) > 0) {
        return Optional.empty();
      }
      boolean steady = gap.compareTo(MARGIN) <= 0;
      return Optional.of(
          new Silence(since, steady ? steadySince : began, began.isAfter(until) ? began : until));
    }
  }

  /** Whether a heartbeat has been missed for certain. */
  public boolean isDeaf() {
    return silence
        .filter(s -> s.isSteady() && s.duration().compareTo(period.plus(MARGIN)) > 0)
        .isPresent();
  }

  /**
   * As it was read, with the silence of the reading before if that goes on.
   *
   * @param earlier empty if the replica has got on since, or has another source
   * @param began when this reading began, or earlier
   * @param ended when it ended, or later
   */
  Hearing after(Optional<Hearing> earlier, Instant began, Instant ended) {
    Silence next =
        earlier
            .filter(this::isNoMoreThan)
            .flatMap(Hearing::silence)
            .flatMap(before -> before.goingOn(began))
            .orElseGet(() -> new Silence(ended, began, began));
    return new Hearing(heartbeats, period, relayLogBytes, Optional.of(next));
  }

  private boolean isNoMoreThan(Hearing earlier) {
    return heartbeats == earlier.heartbeats
        && period.equals(earlier.period)
        && relayLogBytes == earlier.relayLogBytes;
  }
}
