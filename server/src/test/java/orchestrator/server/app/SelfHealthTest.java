package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import orchestrator.server.app.SelfHealth.Limits;
import orchestrator.server.app.SelfHealth.Verdict;
import org.junit.jupiter.api.Test;

class SelfHealthTest {
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(300));
  private static final Optional<String> FAILURE = Optional.of("disk full");
  private static final Optional<String> NONE = Optional.empty();
  private static final Optional<Boolean> IN_QUORUM = Optional.of(true);
  private static final Optional<Boolean> ALONE = Optional.of(false);
  private static final Optional<Boolean> NO_GROUP = Optional.empty();

  private SelfHealth health = SelfHealth.atStart(LIMITS, 0);
  private long nanos;

  @Test
  void backendThatFailsForLongEndsTheLeadershipAndThenTheNode() {
    pass(10, NONE, IN_QUORUM);
    pass(5, FAILURE, IN_QUORUM);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
    pass(1, FAILURE, IN_QUORUM);
    assertThat(health.verdict()).isEqualTo(new Verdict.HandOver("disk full"));
    pass(24, FAILURE, IN_QUORUM);
    assertThat(health.verdict()).isInstanceOf(Verdict.HandOver.class);
    pass(1, FAILURE, IN_QUORUM);
    assertThat(health.verdict())
        .isInstanceOfSatisfying(
            Verdict.Leave.class,
            leave -> {
              assertThat(leave.exitCode()).isEqualTo(ExitCodes.BACKEND_GONE);
              assertThat(leave.message()).contains("30 s", "disk full");
            });
  }

  @Test
  void backendThatWorksInBetweenHasNotFailedForLong() {
    pass(20, FAILURE, IN_QUORUM);
    pass(1, NONE, IN_QUORUM);
    pass(5, FAILURE, IN_QUORUM);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
  }

  @Test
  void nodeThatNeverFoundAQuorumLeaves() {
    pass(299, NONE, ALONE);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
    pass(1, NONE, ALONE);
    assertThat(health.verdict())
        .isInstanceOfSatisfying(
            Verdict.Leave.class,
            leave -> assertThat(leave.exitCode()).isEqualTo(ExitCodes.NEVER_JOINED));
  }

  @Test
  void nodeThatLostItsQuorumLaterStays() {
    pass(100, NONE, ALONE);
    pass(1, NONE, IN_QUORUM);
    pass(10_000, NONE, ALONE);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
  }

  @Test
  void nodeWithoutAGroupOrNotAddedYetWaitsForNobody() {
    pass(10_000, NONE, NO_GROUP);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
  }

  @Test
  void timeThatNobodyWatchedDoesNotCount() {
    pass(1, FAILURE, IN_QUORUM);
    nanos += Duration.ofHours(1).toNanos();
    health = health.seen(nanos, FAILURE, IN_QUORUM);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
  }

  @Test
  void clockThatWentBackChangesNothing() {
    pass(3, FAILURE, IN_QUORUM);
    health = health.seen(0, FAILURE, IN_QUORUM);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
  }

  @Test
  void zeroMeansNever() {
    health = SelfHealth.atStart(new Limits(Duration.ZERO, Duration.ZERO, Duration.ZERO), 0);
    pass(10_000, FAILURE, ALONE);
    assertThat(health.verdict()).isEqualTo(new Verdict.Well());
  }

  /** One look each second. */
  private void pass(int seconds, Optional<String> failure, Optional<Boolean> inQuorum) {
    for (int i = 0; i < seconds; i++) {
      nanos += Duration.ofSeconds(1).toNanos();
      health = health.seen(nanos, failure, inQuorum);
    }
  }
}
