package orchestrator.server.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import org.junit.jupiter.api.Test;

/** When a server is asked again: {@code docs/failure-detection.md}, "Polling". */
class PaceTest {
  private static final InstanceKey KEY = new InstanceKey("db1", 3306);
  private static final ProbeResult ANSWER = new ProbeResult.Seen(Instance.unseen(KEY));
  private static final ProbeResult SILENCE = ScriptedServers.failure(KEY);
  private static final double LEAST = 0;
  private static final double MIDDLE = 0.5;
  private static final double MOST = Math.nextDown(1.0);

  @Test
  void regularIntervalVariesByTwoPerCentAtMost() {
    assertThat(afterTheFirst(pace(() -> LEAST), ANSWER)).isEqualTo(Duration.ofMillis(4900));
    assertThat(afterTheFirst(pace(() -> MIDDLE), ANSWER)).isEqualTo(Duration.ofSeconds(5));
    assertThat(afterTheFirst(pace(() -> MOST), ANSWER))
        .isBetween(Duration.ofMillis(5099), Duration.ofMillis(5100));
  }

  @Test
  void serversThatWereFoundTogetherAreSpreadOverMostOfAnInterval() {
    assertThat(pace(() -> LEAST).after(ANSWER, false)).isEqualTo(Duration.ofSeconds(1));
    assertThat(pace(() -> MOST).after(ANSWER, false))
        .isBetween(Duration.ofMillis(4999), Duration.ofSeconds(5));
  }

  @Test
  void intervalOfASilentServerGrowsWithEachFailureUpToItsLimit() {
    Pace pace = pace(() -> MIDDLE);
    pace.after(ANSWER, false);

    List<Duration> intervals = Stream.generate(() -> pace.after(SILENCE, false)).limit(6).toList();

    assertThat(intervals)
        .containsExactly(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
  }

  @Test
  void limitHoldsAfterAnyNumberOfFailures() {
    assertThat(settings().deadInterval(1_000_000)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void serverThatAnswersAgainIsAskedAtTheRegularInterval() {
    Pace pace = pace(() -> MIDDLE);
    Stream.generate(() -> SILENCE).limit(5).forEach(silence -> pace.after(silence, false));

    assertThat(pace.after(ANSWER, false)).isEqualTo(Duration.ofSeconds(5));
    assertThat(pace.failures()).isZero();
  }

  @Test
  void thoseWhoAskManyTimesInARowDoNotPutOffTheNextTurn() {
    Pace pace = pace(() -> MIDDLE);
    pace.after(SILENCE, false);

    Stream.generate(() -> SILENCE).limit(20).forEach(silence -> pace.after(silence, true));

    assertThat(pace.after(SILENCE, true)).isEqualTo(Duration.ofSeconds(5));
    assertThat(pace.after(SILENCE, false)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void serverThatFailsWhenSomebodyAsksIsSilentFromThenOn() {
    Pace pace = pace(() -> MIDDLE);
    pace.after(ANSWER, false);

    pace.after(SILENCE, true);

    assertThat(pace.failures()).isEqualTo(1);
  }

  private static Duration afterTheFirst(Pace pace, ProbeResult result) {
    pace.after(ANSWER, false);
    return pace.after(result, false);
  }

  private static Pace pace(DoubleSupplier chance) {
    return new Pace(settings(), chance);
  }

  private static DiscoverySettings settings() {
    return new DiscoverySettingsBuilder(Duration.ofSeconds(5))
        .backOff(2, Duration.ofSeconds(30))
        .build();
  }
}
