package orchestrator.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Optional<Duration> SOON = Optional.of(Duration.ofMillis(900));
  private static final Optional<Duration> NEVER = Optional.empty();

  private static Optional<Duration> justAfter(Duration bound) {
    return Optional.of(bound.plusMillis(1));
  }

  @Test
  void bothTimesMustHaveBeenMeasured() {
    assertThat(Bounds.faults(true, SOON, SOON)).isEmpty();
    assertThat(Bounds.faults(true, NEVER, SOON))
        .containsExactly("it was not seen that another manager took the lead");
    assertThat(Bounds.faults(true, SOON, NEVER))
        .containsExactly("it was not seen that a replica became writable");
    assertThat(Bounds.faults(true, NEVER, NEVER)).hasSize(2);
  }

  @Test
  void bothTimesMustBeWithinTheirBounds() {
    assertThat(Bounds.faults(true, Optional.of(Bounds.NEW_LEADER), Optional.of(Bounds.WRITABLE)))
        .isEmpty();
    assertThat(Bounds.faults(true, justAfter(Bounds.NEW_LEADER), SOON))
        .containsExactly(
            "another manager took the lead only after 5001 ms; at most 5000 are allowed");
    assertThat(Bounds.faults(true, SOON, justAfter(Bounds.WRITABLE)))
        .containsExactly(
            "a replica became writable only after 10001 ms; at most 10000 are allowed");
  }

  @Test
  void managerWithoutGroupHasNoSuccessor() {
    assertThat(Bounds.faults(false, NEVER, SOON)).isEmpty();
    assertThat(Bounds.faults(false, NEVER, NEVER)).hasSize(1);
  }

  @Test
  void failoverWithoutTimesIsNotRight() {
    Failover nothingSeen =
        new Failover(NEVER, NEVER, Optional.empty(), NEVER, List.of(), Optional.empty());

    Verdict verdict = Verdict.of(nothingSeen, true, List.of(), Optional.empty());

    assertThat(verdict.isRight()).isFalse();
    assertThat(verdict.faults())
        .contains(
            "it was not seen that another manager took the lead",
            "it was not seen that a replica became writable");
  }
}
