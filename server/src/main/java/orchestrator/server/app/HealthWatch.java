package orchestrator.server.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import orchestrator.server.app.SelfHealth.Verdict;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at this node each second, and does what {@link SelfHealth} says. */
final class HealthWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(3);

  /** What leaves: {@link Ending#fail}. */
  @FunctionalInterface
  interface Leaving {
    void leave(int exitCode, String message);
  }

  private final Supplier<Optional<String>> backendFailure;
  private final Optional<Group> group;
  private final LongSupplier nanos;
  private final Leaving leaving;
  private final Rounds rounds = new Rounds("self-health", PERIOD, this::look);
  private final AtomicBoolean handingOver = new AtomicBoolean();
  private SelfHealth health;

  /**
   * @param nanos monotonic time
   */
  HealthWatch(
      SelfHealth.Limits limits,
      Supplier<Optional<String>> backendFailure,
      Optional<Group> group,
      LongSupplier nanos,
      Leaving leaving) {
    this.backendFailure = backendFailure;
    this.group = group;
    this.nanos = nanos;
    this.leaving = leaving;
    this.health = SelfHealth.atStart(limits, nanos.getAsLong());
  }

  /** Looks each second from now on. */
  void start() {
    rounds.start();
  }

  void look() {
    health = health.seen(nanos.getAsLong(), backendFailure.get(), inQuorum());
    switch (health.verdict()) {
      case Verdict.Well ignored -> {}
      case Verdict.HandOver(String reason) -> handOver(reason);
      case Verdict.Leave(int exitCode, String message) -> leaving.leave(exitCode, message);
    }
  }

  /** Empty without a group, and for a node that is no member of it (yet, or any more). */
  private Optional<Boolean> inQuorum() {
    return group
        .map(Group::status)
        .filter(status ->
            Stream.concat(status.voters().stream(), status.learners().stream())
                .anyMatch(peer -> peer.name().equals(status.node())))
        .map(GroupStatus::inQuorum);
  }

  /** On a thread of its own, so that nothing holds up the leaving; tried again each second. */
  private void handOver(String reason) {
    group
        .filter(current -> current.status().isLeader())
        .filter(current -> handingOver.compareAndSet(false, true))
        .ifPresent(current ->
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    log.warn("Handing leadership over, since the backend fails: {}", reason);
                    tell(current.stepDown(HAND_OVER_LIMIT));
                  } finally {
                    handingOver.set(false);
                  }
                }));
  }

  private static void tell(Outcome<GroupStatus.Peer> outcome) {
    switch (outcome) {
      case Outcome.Ok<GroupStatus.Peer>(GroupStatus.Peer peer) ->
          log.info("{} leads now", peer.name());
      case Outcome.Failed<GroupStatus.Peer> failed ->
          log.warn("Leadership was not handed over: {}", failed.message());
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
