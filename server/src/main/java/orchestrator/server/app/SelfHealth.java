package orchestrator.server.app;

import java.time.Duration;
import java.util.Optional;

/**
 * What a node does about its own state: one that cannot write its store hands leadership over, and
 * then leaves; so does one that never finds its group. A node that lost its quorum later stays.
 *
 * <p>Time is monotonic, and counts only as it was watched: a machine that was suspended has not
 * failed for all that time.
 *
 * @param failing how long the store has failed without a break; empty while it works
 * @param alone how long the node has been waiting for its first quorum; empty after it was there
 */
record SelfHealth(
    Limits limits, long lastNanos, Optional<Failing> failing, Optional<Duration> alone) {

  /** More than this between two looks means that nobody could look. */
  static final Duration LONGEST_STEP = Duration.ofSeconds(2);

  /** After how long; zero for never. */
  record Limits(Duration handOver, Duration leave, Duration join) {}

  /**
   * @param reason of the latest failure
   */
  record Failing(Duration time, String reason) {}

  /** What is to be done now. */
  sealed interface Verdict {
    record Well() implements Verdict {}

    /** If this node leads, another one is to. */
    record HandOver(String reason) implements Verdict {}

    record Leave(int exitCode, String message) implements Verdict {}
  }

  static SelfHealth atStart(Limits limits, long nanos) {
    return new SelfHealth(limits, nanos, Optional.empty(), Optional.of(Duration.ZERO));
  }

  /**
   * @param failure why the store does not work; empty while it does
   * @param inQuorum empty for a node that is in no group, or waits for people to add it
   */
  SelfHealth seen(long nanos, Optional<String> failure, Optional<Boolean> inQuorum) {
    Duration passed = Duration.ofNanos(Math.max(0, nanos - lastNanos));
    Duration step = passed.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : passed;
    Optional<Failing> nowFailing =
        failure.map(reason ->
            new Failing(
                failing.map(before -> before.time().plus(step)).orElse(Duration.ZERO), reason));
    Optional<Duration> nowAlone =
        inQuorum.isEmpty()
            ? alone
            : alone.filter(time -> !inQuorum.get()).map(time -> time.plus(step));
    return new SelfHealth(limits, nanos, nowFailing, nowAlone);
  }

  Verdict verdict() {
    if (failing.isPresent() && isOver(failing.get().time(), limits.leave())) {
      return new Verdict.Leave(
          ExitCodes.BACKEND_GONE,
          "The backend has failed for %d s (BackendFailureExitSeconds): %s"
              .formatted(failing.get().time().toSeconds(), failing.get().reason()));
    }
    if (alone.isPresent() && isOver(alone.get(), limits.join())) {
      return new Verdict.Leave(
          ExitCodes.NEVER_JOINED,
          "No quorum of the group was found within %d s (RaftJoinTimeoutSeconds): check RaftNodes, the network and the other nodes"
              .formatted(limits.join().toSeconds()));
    }
    if (failing.isPresent() && isOver(failing.get().time(), limits.handOver())) {
      return new Verdict.HandOver(failing.get().reason());
    }
    return new Verdict.Well();
  }

  private static boolean isOver(Duration time, Duration limit) {
    return !limit.isZero() && time.compareTo(limit) >= 0;
  }
}
