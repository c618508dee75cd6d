package orchestrator.core.analysis;

import static orchestrator.core.analysis.Base.NEW_WORDING;
import static orchestrator.core.analysis.Base.OLD_WORDING;
import static orchestrator.core.analysis.Base.P1;
import static orchestrator.core.analysis.Base.P2;
import static orchestrator.core.analysis.Base.P3;
import static orchestrator.core.analysis.Base.P4;
import static orchestrator.core.analysis.Base.P5;
import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole clusters, and the lines that the command {@code replication-analysis} prints for them. */
class AnalysisScenariosTest {
  private static final String UUID = "00000000-1111-2222-3333-444444444444";

  /** A change of the base cluster and what is printed. */
  record Scenario(
      String name,
      Consumer<TopologyBuilder> change,
      Consumer<States> said,
      boolean staleSinceNow,
      List<String> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        scenario("no failure", c -> {}),
        scenario(
            "all replicas of an intermediate master are stopped",
            c -> c.with(P3, InstanceBuilder::sqlThreadStopped),
            P2 + ": AllIntermediateMasterReplicasNotReplicating"),
        scenario(
            "all replicas of the master are stopped or dead",
            c ->
                c.withReplicasOf(P1, InstanceBuilder::sqlThreadStopped)
                    .with(P4, InstanceBuilder::unreachable)
                    .with(P5, InstanceBuilder::unreachable),
            P1 + ": AllMasterReplicasNotReplicatingOrDead"),
        scenario(
            "a dead intermediate master with a single replica",
            c ->
                c.with(P3, InstanceBuilder::ioThreadStopped).with(P2, InstanceBuilder::unreachable),
            P2 + ": DeadIntermediateMasterWithSingleReplica"),
        scenario(
            "a dead intermediate master with a single replica that cannot connect, new wording",
            c ->
                c.with(P3, r -> r.replication(row -> row.ioThreadStopped(NEW_WORDING)))
                    .with(P2, InstanceBuilder::unreachable),
            P2 + ": DeadIntermediateMasterWithSingleReplicaFailingToConnect"),
        scenario(
            "a dead master and some dead replicas",
            c ->
                c.withReplicasOf(P1, InstanceBuilder::ioThreadStopped)
                    .with(P1, InstanceBuilder::unreachable)
                    .with(P4, InstanceBuilder::unreachable)
                    .with(P5, InstanceBuilder::unreachable),
            P1 + ": DeadMasterAndSomeReplicas"),
        scenario(
            "an errant transaction on a replica",
            c ->
                c.with(P1, m -> m.oracleGtid(uuid(P1) + ":1-10").gtidMode("OFF"))
                    .with(P2, r -> r.oracleGtid(uuid(P1) + ":1-10," + UUID + ":1").gtidMode("OFF")),
            P1 + ": ErrantGTIDStructureWarning"),
        scenario(
            "a first-tier replica that cannot connect",
            c -> c.with(P2, r -> r.replication(row -> row.ioThreadStopped(OLD_WORDING))),
            P2 + ": FirstTierReplicaFailingToConnectToMaster"),
        scenario(
            "several major versions",
            c -> c.with(P5, r -> r.version("5.7.8-rc-log")),
            P1 + ": MultipleMajorVersionsLoggingReplicasStructureWarning"),
        downtimeScenario(),
        scenario(
            "rows and statements",
            c -> c.with(P5, r -> r.binlogFormat(BinlogFormat.ROW)),
            P1 + ": StatementAndRowLoggingReplicasStructureWarning"),
        new Scenario(
            "a master that may be locked",
            c ->
                c.with(P1, m -> m.semiSyncMaster(true, 2, 1))
                    .with(P4, InstanceBuilder::unreachable),
            s -> {},
            true,
            List.of(P1 + ": LockedSemiSyncMasterHypothesis")),
        scenario(
            "semi-sync given up for want of replicas",
            c -> c.with(P1, m -> m.semiSyncMaster(false, 2, 1)),
            P1 + ": NotEnoughValidSemiSyncReplicasStructureWarning"),
        scenario("semi-sync in force", c -> c.with(P1, m -> m.semiSyncMaster(true, 2, 2))),
        scenario(
            "an intermediate master that answers in part",
            c -> c.with(P2, InstanceBuilder::unreachableWithPartialSuccess)),
        scenario(
            "an unreachable master",
            c -> c.with(P1, InstanceBuilder::unreachable),
            P1 + ": UnreachableMaster"),
        scenario(
            "a master that answers in part",
            c -> c.with(P1, InstanceBuilder::unreachableWithPartialSuccess)),
        scenario(
            "a master that answers in part, and a replica that cannot connect",
            c ->
                c.with(P1, InstanceBuilder::unreachableWithPartialSuccess)
                    .with(P2, r -> r.replication(row -> row.ioThreadStopped(NEW_WORDING))),
            P1 + ": UnreachableMaster",
            P2 + ": FirstTierReplicaFailingToConnectToMaster"),
        scenario(
            "an unreachable master whose replicas lag",
            c -> c.with(P1, InstanceBuilder::unreachable).withReplicasOf(P1, r -> r.lagSeconds(60)),
            P1 + ": UnreachableMasterWithLaggingReplicas"));
  }

  private static Scenario downtimeScenario() {
    return new Scenario(
        "only replicas in downtime are concerned",
        c -> c.with(P3, InstanceBuilder::sqlThreadStopped),
        s -> s.downtime(P3, "test", Duration.ofMinutes(1)),
        false,
        List.of());
  }

  private static Scenario scenario(
      String name, Consumer<TopologyBuilder> change, String... expected) {
    return new Scenario(name, change, s -> {}, false, List.of(expected));
  }

  private static String uuid(String server) {
    return InstanceBuilder.uuidOf(key(server));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  void printsTheDocumentedLines(Scenario scenario) {
    TopologyBuilder cluster = Base.base();
    scenario.change.accept(cluster);
    States said = new States();
    scenario.said.accept(said);
    StaleCoordinates stale =
        scenario.staleSinceNow
            ? StaleCoordinates.NONE.with(key(P1), Base.positionOf(cluster, P1), NOW)
            : StaleCoordinates.NONE;

    List<Diagnosis> diagnoses =
        Analysis.of(
            cluster.build(),
            said.build(),
            stale,
            AnalysisPolicy.DEFAULT,
            NOW,
            AnalysisScope.PROBLEMS_NOT_DOWNTIMED);

    assertThat(diagnoses.stream().map(d -> d.key() + ": " + d.displayString()))
        .containsExactlyElementsOf(scenario.expected);
  }
}
