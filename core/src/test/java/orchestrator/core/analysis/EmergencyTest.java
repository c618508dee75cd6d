package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.EmergencyOperation.RecordStaleCoordinates;
import orchestrator.core.analysis.EmergencyOperation.Reprobe;
import orchestrator.core.analysis.EmergencyOperation.RestartIoThreads;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

class EmergencyTest {
  private static List<EmergencyOperation> operations(TopologyBuilder servers, String subject) {
    return operations(servers, subject, Optional.empty());
  }

  private static List<EmergencyOperation> operations(
      TopologyBuilder servers, String subject, Optional<AnalysisCode> as) {
    Diagnosis diagnosis =
        Analysis.diagnose(
                key(subject),
                servers.build(),
                new States().build(),
                StaleCoordinates.NONE,
                AnalysisPolicy.DEFAULT,
                NOW)
            .orElseThrow();
    return EmergencyOperation.of(as.map(diagnosis::as).orElse(diagnosis), servers.build());
  }

  private static TopologyBuilder withBinlogServer() {
    return TopologyBuilder.masterWithReplicas(1)
        .with("bls", b -> b.binlogServer().replicatesFrom("m"))
        .with("below-bls", r -> r.replicatesFrom("bls"))
        .with("below-r1", r -> r.replicatesFrom("r1"));
  }

  @Test
  void anUnreachableMasterIsReadAgainWithAllThatReplicatesFromItThroughBinlogServersToo() {
    TopologyBuilder servers = withBinlogServer().with("m", InstanceBuilder::unreachable);

    assertThat(operations(servers, "m"))
        .singleElement()
        .isInstanceOfSatisfying(
            Reprobe.class,
            probe ->
                assertThat(probe.keys())
                    .containsExactlyInAnyOrder(key("m"), key("r1"), key("bls"), key("below-bls")));
  }

  @Test
  void anUnreachableIntermediateMasterIsReadAgainSoThatAMissedHeartbeatIsNoticed() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("m")
            .with("i", i -> i.replicatesFrom("m").unreachable())
            .with("r1", r -> r.replicatesFrom("i"))
            .with("r2", r -> r.replicatesFrom("i"));

    assertThat(operations(servers, "i"))
        .containsExactly(
            new Reprobe(
                List.of(key("i"), key("r1"), key("r2")),
                AnalysisCode.UNREACHABLE_INTERMEDIATE_MASTER));
  }

  @Test
  void laggingReplicasOfAnUnreachableMasterMustConnectAnew() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2)
            .with("m", InstanceBuilder::unreachable)
            .withReplicasOf("m", r -> r.lagSeconds(60))
            .with("r2", r -> r.mariaDb("11.4.5-MariaDB").mariaDbGtid("0-1-5"));

    assertThat(operations(servers, "m"))
        .as("a restart would cost MariaDB's relay logs")
        .containsExactly(
            new Reprobe(
                List.of(key("m"), key("r1"), key("r2")),
                AnalysisCode.UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS),
            new RestartIoThreads(
                key("m"),
                List.of(key("r1")),
                AnalysisCode.UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS));
  }

  @Test
  void theCoordinatesOfAMasterThatMayBeLockedAreNoted() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2).with("m", m -> m.semiSyncMaster(true, 2, 1));
    BinlogCoordinates here = servers.instance("m").binlog().position().orElseThrow();

    assertThat(operations(servers, "m"))
        .containsExactly(
            new Reprobe(List.of(key("m")), AnalysisCode.LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS),
            new RecordStaleCoordinates(
                key("m"), here, AnalysisCode.LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS));
  }

  @Test
  void aFirstTierReplicaThatCannotConnectMakesItsSourceBeRead() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2).with("r1", InstanceBuilder::failingToConnect);

    assertThat(operations(servers, "r1"))
        .containsExactly(
            new Reprobe(
                List.of(key("m")), AnalysisCode.FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER));
  }

  @Test
  void aMasterWithoutASourceMakesNoSourceBeRead() {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(1);

    assertThat(operations(servers, "m", Optional.of(AnalysisCode.DEAD_MASTER_AND_REPLICAS)))
        .isEmpty();
    assertThat(operations(servers, "r1", Optional.of(AnalysisCode.DEAD_MASTER_AND_REPLICAS)))
        .hasSize(1);
    assertThat(
            operations(servers, "m", Optional.of(AnalysisCode.ALL_MASTER_REPLICAS_NOT_REPLICATING)))
        .containsExactly(
            new Reprobe(List.of(key("m")), AnalysisCode.ALL_MASTER_REPLICAS_NOT_REPLICATING));
    assertThat(operations(servers, "m", Optional.of(AnalysisCode.DEAD_MASTER))).isEmpty();
  }

  @Test
  void noServerIsReadAgainTwiceWithinASecond() {
    AnalysisCode code = AnalysisCode.UNREACHABLE_MASTER;
    EmergencyMemory memory =
        EmergencyMemory.NONE.permit(new Reprobe(List.of(key("a")), code), NOW).memory();
    Reprobe both = new Reprobe(List.of(key("a"), key("b")), code);

    assertThat(memory.permit(both, NOW.plusMillis(999)).operation())
        .contains(new Reprobe(List.of(key("b")), code));
    assertThat(memory.permit(both, NOW.plusMillis(1000)).operation()).contains(both);
    assertThat(memory.permit(new Reprobe(List.of(key("a")), code), NOW).operation()).isEmpty();
  }

  @Test
  void threadsAreRestartedOnceInHalfAMinutePerReplicaAndPerSubject() {
    AnalysisCode code = AnalysisCode.UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS;
    RestartIoThreads restart = new RestartIoThreads(key("m"), keys("r1", "r2"), code);
    RestartIoThreads others = new RestartIoThreads(key("m"), keys("r3"), code);
    RestartIoThreads elsewhere = new RestartIoThreads(key("m2"), keys("r2", "r4"), code);
    EmergencyMemory memory = EmergencyMemory.NONE.permit(restart, NOW).memory();

    assertThat(memory.permit(others, NOW.plusSeconds(29)).operation()).isEmpty();
    assertThat(memory.permit(elsewhere, NOW.plusSeconds(29)).operation())
        .contains(new RestartIoThreads(key("m2"), keys("r4"), code));
    assertThat(memory.permit(restart, NOW.plusSeconds(30)).operation()).contains(restart);
  }

  /** A recovery has stopped them, so that what replicas have stands still. */
  @Test
  void threadsAreNotRestartedBesideARecoveryNorWhileTheseAreDisabled() {
    AnalysisCode code = AnalysisCode.UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS;
    RestartIoThreads restart = new RestartIoThreads(key("m"), keys("r1"), code);
    RecoveryTicket open =
        RecoveryTicket.begun(
            "1:x",
            key("m"),
            "DeadMaster",
            "",
            "m:3306",
            "",
            "",
            RecoveryOrigin.AUTOMATIC,
            NOW,
            NOW.plusSeconds(3600),
            0,
            "n",
            keys("r1"));
    RecoveryTicket closed = open.with(new JournalEntry.Closed(true, List.of()), NOW);

    assertThat(restart.isAllowed(new States().build())).isTrue();
    assertThat(restart.isAllowed(new States().recovery(open).build())).isFalse();
    assertThat(restart.isAllowed(new States().recovery(closed).build())).isTrue();
    assertThat(restart.isAllowed(new States().recoveriesDisabled().build())).isFalse();
  }

  @Test
  void restartedThreadsGiveTheServerAboveFiveSecondsOfGrace() {
    RestartIoThreads restart =
        new RestartIoThreads(
            key("m"), keys("r1"), AnalysisCode.UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS);
    EmergencyMemory memory = EmergencyMemory.NONE.permit(restart, NOW).memory();

    assertThat(memory.isInGrace(key("m"), NOW.plusMillis(4999))).isTrue();
    assertThat(memory.isInGrace(key("m"), NOW.plusSeconds(5))).isFalse();
    assertThat(memory.isInGrace(key("r1"), NOW)).isFalse();
  }

  @Test
  void aLockThatLastsIsNotForgotten() {
    BinlogCoordinates here = BinlogCoordinates.binary("bin.000001", 4);
    StaleCoordinates stale = StaleCoordinates.NONE;
    for (int second = 0; second <= 300; second++) {
      stale =
          stale
              .with(key("m"), here, NOW.plusSeconds(second))
              .expired(AnalysisPolicy.DEFAULT.staleCoordinatesKept(), NOW.plusSeconds(second));
    }

    assertThat(stale.sightings().get(key("m")))
        .isEqualTo(new StaleCoordinates.Sighting(here, NOW, NOW.plusSeconds(300)));
    assertThat(
            stale
                .expired(AnalysisPolicy.DEFAULT.staleCoordinatesKept(), NOW.plusSeconds(361))
                .sightings())
        .isEmpty();
  }

  private static List<InstanceKey> keys(String... servers) {
    return List.of(servers).stream().map(TopologyBuilder::key).toList();
  }
}
