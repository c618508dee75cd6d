package orchestrator.core.topology;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.testing.ReplicationBuilder;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;

/** When a replica that says that it replicates is known to hear nothing of its source. */
class HearingTest {
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Readings of one replica, one after the other; each takes a millisecond. */
  private static final class Readings {
    private Instant now = NOW;
    private Duration wallClockIsAheadBy = Duration.ZERO;
    private Optional<Instance> latest = Optional.empty();
    private long heartbeats = 7;
    private Duration period = PERIOD;
    private long relayLogBytes = 1000;
    private Duration latency = Duration.ofMillis(1);
    private UnaryOperator<ReplicationBuilder> change = row -> row;

    Readings read() {
      Instance read =
          new TopologyBuilder()
              .with("r", r -> r.replicatesFrom("m"))
              .with(
                  "r",
                  r ->
                      r.replication(row ->
                          change.apply(row.hearing(Hearing.of(heartbeats, period, relayLogBytes)))))
              .instance("r")
              .withFreshness(Freshness.seen(now.plus(wallClockIsAheadBy), latency, Map.of()));
      latest = Optional.of(read.after(latest, now.minus(latency), now));
      return this;
    }

    Readings after(Duration pause) {
      now = now.plus(pause);
      return read();
    }

    /** Reads on at this pace until so long after the last reading. */
    Readings forLong(Duration total, Duration pace) {
      Instant end = now.plus(total);
      while (now.plus(pace).isBefore(end)) {
        after(pace);
      }
      return after(Duration.between(now, end));
    }

    boolean isDeaf() {
      return latest.flatMap(Instance::replication).filter(Replication::isDeaf).isPresent();
    }
  }

  /** As after a master went silent: polls at first, then a close look. */
  private static Readings silentFor(Duration total) {
    return new Readings()
        .read()
        .forLong(POLL.multipliedBy(2), POLL)
        .forLong(total.minus(POLL.multipliedBy(2)), LOOK);
  }

  @Test
  void oneThatGetsNoHeartbeatForThePeriodAndTheMarginIsDeaf() {
    Duration limit = PERIOD.plus(Hearing.MARGIN);

    assertThat(silentFor(limit).isDeaf()).isFalse();
    assertThat(silentFor(limit.plusMillis(2)).isDeaf()).isTrue();
  }

  @Test
  void anythingHeardBeginsAnew() {
    assertThat(interrupted(r -> r.heartbeats++)).as("a heartbeat").isFalse();
    assertThat(interrupted(r -> r.relayLogBytes++)).as("a connection").isFalse();
    assertThat(interrupted(r -> r.heartbeats = 0)).as("a new IO thread").isFalse();
    assertThat(interrupted(r -> r.change = row -> row.relayLogFile("relay-bin.000002")))
        .as("a new relay log")
        .isFalse();
    assertThat(interrupted(r -> r.period = PERIOD.minusSeconds(1))).as("a setting").isFalse();
    assertThat(interrupted(r -> r.change = row -> row.retrieved("0-1-5"))).as("GTIDs").isFalse();
    assertThat(
            interrupted(r -> {
              BinlogCoordinates next = BinlogCoordinates.binary("mysql-bin.000001", 1001);
              r.change = row -> row.positions(next, next);
            }))
        .as("an event")
        .isFalse();
    assertThat(interrupted(r -> r.change = row -> row.source(TopologyBuilder.key("other"))))
        .as("another source")
        .isFalse();
    assertThat(interrupted(r -> r.change = row -> row)).as("nothing").isTrue();
  }

  private static boolean interrupted(Consumer<Readings> event) {
    Readings readings = silentFor(Duration.ofSeconds(25));
    event.accept(readings);
    return readings.forLong(Duration.ofSeconds(15), LOOK).isDeaf();
  }

  @Test
  void oneThatDidNotWaitForItsSourceOnceBeginsAnew() {
    Readings readings = silentFor(Duration.ofSeconds(25));
    readings.change = row -> row.notHearing().ioThread(ThreadState.OTHER);
    readings.after(LOOK);
    readings.change = row -> row;

    assertThat(readings.forLong(Duration.ofSeconds(31), LOOK).isDeaf()).isFalse();
    assertThat(readings.forLong(Duration.ofSeconds(2), LOOK).isDeaf()).isTrue();
  }

  /** What was sent to it while it was frozen it reads only after it has answered us, perhaps. */
  @Test
  void oneThatWasNotReadForLongBeginsAnew() {
    Readings readings = silentFor(Duration.ofSeconds(25));

    assertThat(readings.after(Hearing.LONGEST_GAP.plusMillis(1)).isDeaf()).isFalse();
    assertThat(readings.forLong(Duration.ofSeconds(30), LOOK).isDeaf()).isFalse();
    assertThat(readings.forLong(Duration.ofSeconds(3), LOOK).isDeaf()).isTrue();
  }

  @Test
  void oneThatWasNotReadForAWhileHasASecondToReadWhatWaitsForIt() {
    Readings readings = silentFor(Duration.ofSeconds(30));

    assertThat(readings.after(POLL).isDeaf()).isFalse();
    assertThat(readings.after(LOOK).isDeaf()).isFalse();
    assertThat(readings.after(LOOK).isDeaf()).isTrue();
  }

  @Test
  void pollsAloneDoNotTell() {
    assertThat(new Readings().read().forLong(Duration.ofMinutes(5), POLL).isDeaf()).isFalse();
  }

  @Test
  void theSilenceIsNeverLongerThanItWas() {
    Duration slow = Duration.ofSeconds(1);
    Readings readings = new Readings();
    readings.latency = slow;
    readings.read();
    readings.latency = Duration.ofMillis(1);
    readings.forLong(PERIOD.plus(Hearing.MARGIN), LOOK);
    assertThat(readings.isDeaf()).as("from the end of the first reading").isFalse();
    readings.latency = slow;
    assertThat(readings.after(LOOK).isDeaf()).as("to the beginning of the last").isFalse();
    readings.latency = Duration.ofMillis(1);
    assertThat(readings.after(LOOK).isDeaf()).isTrue();
  }

  @Test
  void aReadingThatTookLongerThanOthersDoesNotTakeTheSilenceBack() {
    Readings readings = silentFor(PERIOD.plus(Hearing.MARGIN).plus(LOOK));
    readings.latency = Duration.ofSeconds(10);

    assertThat(readings.after(LOOK).isDeaf()).isTrue();
  }

  @Test
  void noTimeGoesByWhenSomebodySetsTheWallClock() {
    Readings readings = silentFor(PERIOD.minusSeconds(1));
    readings.wallClockIsAheadBy = Duration.ofSeconds(6);

    assertThat(readings.forLong(Duration.ofSeconds(3), LOOK).isDeaf()).isFalse();
    assertThat(readings.after(LOOK).isDeaf()).isTrue();
  }

  @Test
  void ofAFreshReadingNothingFollows() {
    assertThat(new Readings().read().isDeaf()).isFalse();
    assertThat(Hearing.of(0, PERIOD, 0).isDeaf()).isFalse();
  }
}
