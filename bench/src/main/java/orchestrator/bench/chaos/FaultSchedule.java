package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a seed means: the same faults at the same times, in every run. */
final class FaultSchedule {
  /** Between the beginnings of two faults: about 240 an hour. */
  private static final Duration SHORTEST_GAP = Duration.ofSeconds(6);

  private static final Duration LONGEST_GAP = Duration.ofSeconds(24);
  private static final Duration SHORTEST = Duration.ofMillis(500);

  /** Faults may overlap. */
  private static final Duration LONGEST = Duration.ofSeconds(16);

  private FaultSchedule() {}

  /**
   * @param length of the time in which faults begin
   */
  static List<Fault> of(long seed, Duration length) {
    Random random = new Random(seed);
    List<Fault> faults = new ArrayList<>();
    Duration start = SHORTEST_GAP;
    while (start.compareTo(length) < 0) {
      faults.add(
          new Fault(
              faults.size() + 1,
              start,
              between(random, SHORTEST, LONGEST),
              oneOf(random, Fault.Kind.values()),
              oneOf(random, Fault.Target.values()),
              random.nextInt(1000)));
      start = start.plus(between(random, SHORTEST_GAP, LONGEST_GAP));
    }
    return List.copyOf(faults);
  }

  private static <T> T oneOf(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static Duration between(Random random, Duration least, Duration most) {
    return Duration.ofMillis(random.nextLong(least.toMillis(), most.toMillis()));
  }
}
