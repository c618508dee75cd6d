package orchestrator.server.raft;

import java.time.Duration;

/** The election timeouts that the protocol must hold with. */
enum Timeouts {
  DEFAULT(300, 600),

  /** Of the protocol's paper (Ongaro and Ousterhout 2014, §9.3). */
  PAPER(150, 300);

  private final int minMilliseconds;
  private final int maxMilliseconds;

  Timeouts(int minMilliseconds, int maxMilliseconds) {
    this.minMilliseconds = minMilliseconds;
    this.maxMilliseconds = maxMilliseconds;
  }

  RaftSettings.Timing timing() {
    return new RaftSettings.Timing(
        Duration.ofMillis(minMilliseconds), Duration.ofMillis(maxMilliseconds));
  }
}
