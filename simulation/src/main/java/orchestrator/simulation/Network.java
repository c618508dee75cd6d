package orchestrator.simulation;

import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** Links between sites, each direction on its own. */
final class Network {
  private final RandomGenerator random;
  private final int[][] cuts;
  private final long[][] delayMillis;
  private final int[][] lossPercent;

  Network(int sites, RandomGenerator random) {
    this.random = random;
    this.cuts = new int[sites][sites];
    this.delayMillis = new long[sites][sites];
    this.lossPercent = new int[sites][sites];
  }

  /** Several faults may cut the same link: it is whole when all of them are over. */
  void cut(int from, int to, boolean more) {
    cuts[from][to] += more ? 1 : -1;
  }

  void delay(int from, int to, long millis) {
    delayMillis[from][to] = millis;
  }

  void lose(int from, int to, int percent) {
    lossPercent[from][to] = percent;
  }

  boolean passes(int from, int to) {
    return cuts[from][to] <= 0;
  }

  boolean isWhole(int one, int other) {
    return passes(one, other) && passes(other, one);
  }

  /** Whole, without loss and delay. */
  boolean isPerfect(int one, int other) {
    return isWhole(one, other)
        && delayMillis[one][other] + delayMillis[other][one] == 0
        && lossPercent[one][other] + lossPercent[other][one] == 0;
  }

  /** How long a message takes that is sent now; empty when it is lost. */
  OptionalLong transit(int from, int to) {
    if (!passes(from, to) || random.nextInt(100) < lossPercent[from][to]) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(1 + random.nextInt(3) + delayMillis[from][to]);
  }
}
