package orchestrator.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void aSeedAlwaysMeansTheSame() {
    assertThat(FaultSchedule.of(7, HOUR)).isEqualTo(FaultSchedule.of(7, HOUR));
    assertThat(FaultSchedule.of(7, HOUR)).isNotEqualTo(FaultSchedule.of(8, HOUR));
  }

  @Test
  void aLongerRunBeginsAsAShorterOne() {
    List<Fault> shorter = FaultSchedule.of(7, Duration.ofMinutes(5));
    assertThat(FaultSchedule.of(7, HOUR)).startsWith(shorter.toArray(Fault[]::new));
  }

  @Test
  void atLeastNinetyAnHourAreInEverySchedule() {
    assertThat(LongStream.range(0, 100))
        .allSatisfy(seed -> assertThat(FaultSchedule.of(seed, HOUR)).hasSizeGreaterThan(180));
  }

  @Test
  void allKindsAndTargetsComeInBoundedTime() {
    List<Fault> faults = FaultSchedule.of(1, HOUR);
    assertThat(faults).extracting(Fault::kind).contains(Fault.Kind.values());
    assertThat(faults).extracting(Fault::target).contains(Fault.Target.values());
    assertThat(faults)
        .extracting(Fault::lasting)
        .allSatisfy(lasting ->
            assertThat(lasting).isBetween(Duration.ofMillis(500), Duration.ofSeconds(16)));
    assertThat(faults).extracting(Fault::start).isSorted().allMatch(s -> s.compareTo(HOUR) < 0);
  }
}
