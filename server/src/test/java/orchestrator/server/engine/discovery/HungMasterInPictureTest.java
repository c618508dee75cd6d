package orchestrator.server.engine.discovery;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.Analysis;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.analysis.Evidence;
import orchestrator.core.analysis.StaleCoordinates;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Hearing;
import orchestrator.server.engine.ProbeResult;
import org.junit.jupiter.api.Test;

/** What readings of a hung master and of its replicas, one after the other, come to. */
class HungMasterInPictureTest {
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(500);

  private Instant now = NOW;
  private Duration wallClockIsAheadBy = Duration.ZERO;
  private final Picture picture =
      new Picture(this::wallClock, () -> Duration.between(NOW, now).toNanos(), Optional.empty());
  private long heartbeatsOfB;

  private Instant wallClock() {
    return now.plus(wallClockIsAheadBy);
  }

  private void read(String replica, long heartbeats) {
    picture.record(
        key(replica),
        new ProbeResult.Seen(
            new TopologyBuilder(wallClock())
                .with(replica, r -> r.replicatesFrom("m"))
                .with(
                    replica,
                    r -> r.replication(row -> row.hearing(Hearing.of(heartbeats, PERIOD, 1000))))
                .instance(replica)));
  }

  /** The replicas are read at each look; the master hangs. */
  private void lookFor(Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      now = now.plus(LOOK);
      picture.record(
          key("m"), new ProbeResult.Failed(key("m"), ProbeResult.Failure.TIMEOUT, "silent", false));
      read("a", 7);
      read("b", heartbeatsOfB);
    }
  }

  private Diagnosis diagnosis() {
    return Analysis.diagnose(
            key("m"),
            picture.topology(),
            ReplicatedState.EMPTY,
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            now)
        .orElseThrow();
  }

  private void readAll() {
    picture.record(
        key("m"), new ProbeResult.Seen(new TopologyBuilder(now).with("m").instance("m")));
    read("a", 7);
    read("b", heartbeatsOfB);
  }

  @Test
  void itIsDeadWhenAllItsReplicasHaveMissedAHeartbeat() {
    readAll();

    lookFor(PERIOD);
    assertThat(diagnosis().code()).isEqualTo(AnalysisCode.UNREACHABLE_MASTER);
    lookFor(Duration.ofSeconds(3));
    assertThat(diagnosis().code()).isEqualTo(AnalysisCode.DEAD_MASTER);
    assertThat(diagnosis().description()).contains("2 have missed a heartbeat");
    assertThat(
            Evidence.verdict(
                diagnosis(), picture.topology(), picture.failures(), Duration.ZERO, now))
        .isInstanceOfSatisfying(
            Evidence.Conclusive.class,
            end -> assertThat(end.witnesses()).isEqualTo(List.of(key("a"), key("b"))));
  }

  @Test
  void noHeartbeatIsMissedWhenSomebodySetsTheClock() {
    readAll();
    lookFor(PERIOD.minusSeconds(1));
    wallClockIsAheadBy = Duration.ofSeconds(6);
    lookFor(Duration.ofSeconds(2));

    assertThat(diagnosis().replicas().deaf()).isEqualTo(0);
  }

  @Test
  void itIsNotDeadWhileOneReplicaHearsIt() {
    readAll();

    for (int i = 0; i < 4; i++) {
      lookFor(PERIOD);
      heartbeatsOfB++;
    }
    assertThat(diagnosis().code()).isEqualTo(AnalysisCode.UNREACHABLE_MASTER);
    assertThat(diagnosis().replicas().deaf()).isEqualTo(1);
  }

  @Test
  void itIsWellWhenItAnswersAgain() {
    readAll();
    lookFor(PERIOD.multipliedBy(2));
    picture.record(
        key("m"), new ProbeResult.Seen(new TopologyBuilder(now).with("m").instance("m")));

    assertThat(diagnosis().code()).isEqualTo(AnalysisCode.NO_PROBLEM);
  }
}
