package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.Evidence.Conclusive;
import orchestrator.core.analysis.Evidence.Wait;
import orchestrator.core.analysis.FailureLog.Kind;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

/** The master failed first 200 ms ago; replicas read in the meantime took a millisecond each. */
class EvidenceTest {
  private static final Instant FIRST = NOW.minusMillis(200);
  private static final Instant READ = NOW.minusMillis(50);

  private static TopologyBuilder deadMaster() {
    return TopologyBuilder.masterWithReplicas(2)
        .with("m", m -> m.unreachableSince(FIRST))
        .withReplicasOf("m", r -> r.ioThreadStopped().seenAt(READ));
  }

  private static FailureLog attempts(long... millisAfterFirst) {
    FailureLog log = FailureLog.NONE;
    for (long millis : millisAfterFirst) {
      log = log.failed(key("m"), Kind.SILENT, FIRST.plusMillis(millis));
    }
    return log;
  }

  private static Evidence judge(TopologyBuilder servers, FailureLog log, Duration minimum) {
    Topology topology = servers.build();
    Diagnosis diagnosis =
        Analysis.diagnose(
                key("m"),
                topology,
                new States().build(),
                StaleCoordinates.NONE,
                AnalysisPolicy.DEFAULT,
                NOW)
            .orElseThrow();
    return Evidence.verdict(diagnosis, topology, log, minimum, NOW);
  }

  private static Evidence judge(TopologyBuilder servers, FailureLog log) {
    return judge(servers, log, Duration.ZERO);
  }

  @Test
  void twoSilentAttemptsApartAndAllReplicasReadSinceAreEnough() {
    assertThat(judge(deadMaster(), attempts(0, 100)))
        .isEqualTo(new Conclusive(FIRST, 2, List.of(key("r1"), key("r2"))));
  }

  /** It may be an intermediate master, whose own source lives and takes writes. */
  @Test
  void aServerThatWasNeverReadIsNotTakenForADeadMaster() {
    TopologyBuilder servers = deadMaster().with("m", InstanceBuilder::neverSeen);

    assertThat(judge(servers, attempts(0, 100)))
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> {
              assertThat(wait.probe()).containsExactly(key("m"));
              assertThat(wait.reason()).contains("never read");
            });
  }

  @Test
  void oneAttemptIsNotEnough() {
    assertThat(judge(deadMaster(), attempts(0)))
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> {
              assertThat(wait.probe()).containsExactly(key("m"));
              assertThat(wait.earliest()).isEqualTo(NOW);
            });
  }

  @Test
  void attemptsAtOnceAreNotEnoughHoweverMany() {
    assertThat(judge(deadMaster(), attempts(0, 20, 60, 99))).isInstanceOf(Wait.class);
    assertThat(judge(deadMaster(), attempts(0, 20, 60, 100))).isInstanceOf(Conclusive.class);
  }

  @Test
  void theNextAttemptIsNotMadeTooEarly() {
    TopologyBuilder servers = deadMaster().with("m", m -> m.unreachableSince(NOW.minusMillis(60)));
    FailureLog log = FailureLog.NONE.failed(key("m"), Kind.SILENT, NOW.minusMillis(60));

    assertThat(judge(servers, log))
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.earliest()).isEqualTo(NOW.plusMillis(40)));
  }

  @Test
  void aReplicaThatWasReadBeforeIsNoWitness() {
    TopologyBuilder servers = deadMaster().with("r2", r -> r.seenAt(FIRST.minusMillis(1)));

    assertThat(judge(servers, attempts(0, 100)))
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> {
              assertThat(wait.probe()).containsExactly(key("r2"));
              assertThat(wait.reason()).contains("r2");
            });
  }

  @Test
  void aProbeThatBeganBeforeTheFailureIsNoWitnessEither() {
    // Ended at FIRST, having taken a millisecond.
    TopologyBuilder servers = deadMaster().with("r2", r -> r.seenAt(FIRST));

    assertThat(judge(servers, attempts(0, 100))).isInstanceOf(Wait.class);
  }

  @Test
  void missingWitnessesAndTheSecondAttemptAreAskedForTogether() {
    TopologyBuilder servers = deadMaster().with("r2", r -> r.seenAt(FIRST));

    assertThat(judge(servers, attempts(0)))
        .isInstanceOfSatisfying(
            Wait.class,
            wait -> assertThat(wait.probe()).containsExactlyInAnyOrder(key("r2"), key("m")));
  }

  @Test
  void aReplicaThatFailedSinceIsNotWaitedFor() {
    TopologyBuilder servers = deadMaster().with("r2", r -> r.unreachableSince(READ));

    assertThat(judge(servers, attempts(0, 100)))
        .isInstanceOfSatisfying(
            Conclusive.class, end -> assertThat(end.witnesses()).containsExactly(key("r1")));
  }

  @Test
  void aReplicaThatFailedOnceBeforeIsTriedAgainButNotOneThatIsLongGone() {
    Instant before = FIRST.minusSeconds(30);
    TopologyBuilder servers = deadMaster().with("r2", r -> r.unreachableSince(before));
    FailureLog once = attempts(0, 100).failed(key("r2"), Kind.SILENT, before);
    FailureLog twice = once.failed(key("r2"), Kind.SILENT, before.plusSeconds(5));

    assertThat(judge(servers, once))
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.probe()).containsExactly(key("r2")));
    assertThat(judge(servers, twice)).isInstanceOf(Conclusive.class);
  }

  @Test
  void aServerThatAnswersInAnyWayIsNotDead() {
    FailureLog log = attempts(0, 100).failed(key("m"), Kind.ANSWERED, NOW);

    assertThat(judge(deadMaster(), log))
        .isInstanceOfSatisfying(Wait.class, wait -> assertThat(wait.reason()).contains("alive"));
    // And silence must be confirmed anew.
    assertThat(judge(deadMaster(), log.failed(key("m"), Kind.SILENT, NOW)))
        .isInstanceOf(Wait.class);
  }

  @Test
  void aServerThatWasReadAgainIsForgotten() {
    FailureLog log = attempts(0, 100).without(key("m"));

    assertThat(log.of(key("m"))).isEqualTo(Optional.empty());
    assertThat(judge(deadMaster(), log)).isInstanceOf(Wait.class);
  }

  @Test
  void theFailureMustLastAsLongAsConfigured() {
    assertThat(judge(deadMaster(), attempts(0, 100), Duration.ofMillis(200)))
        .isInstanceOf(Conclusive.class);
    assertThat(judge(deadMaster(), attempts(0, 100), Duration.ofMillis(201)))
        .isInstanceOfSatisfying(
            Wait.class, wait -> assertThat(wait.earliest()).isEqualTo(NOW.plusMillis(1)));
  }

  @Test
  void verdictsThatTakeNobodyForDeadNeedNoProof() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(1).with("m", InstanceBuilder::readOnly);

    assertThat(judge(servers, FailureLog.NONE)).isInstanceOf(Conclusive.class);
  }
}
