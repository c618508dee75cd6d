package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnalysisTest {
  private static List<Diagnosis> analyze(
      TopologyBuilder servers, States said, AnalysisPolicy policy, AnalysisScope scope) {
    return Analysis.of(servers.build(), said.build(), StaleCoordinates.NONE, policy, NOW, scope);
  }

  private static List<Diagnosis> problems(TopologyBuilder servers, States said) {
    return analyze(servers, said, AnalysisPolicy.DEFAULT, AnalysisScope.PROBLEMS);
  }

  private static TopologyBuilder deadMaster() {
    return TopologyBuilder.masterWithReplicas(2)
        .with("m", InstanceBuilder::unreachable)
        .withReplicasOf("m", InstanceBuilder::failingToConnect);
  }

  @Test
  void mastersComeFirstThenHeadsThenTheServersWithMostReplicas() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("b").unreachable())
            .with("b", b -> b.replicatesFrom("a").unreachable())
            .with("i1", i -> i.replicatesFrom("z").unreachable())
            .with("i2", i -> i.replicatesFrom("z").unreachable())
            .with("z", InstanceBuilder::unreachable);
    for (String replica : List.of("i1", "i2", "i2", "i1", "i2")) {
      servers.with("r" + servers.build().size(), r -> r.replicatesFrom(replica));
    }

    assertThat(problems(servers, new States()))
        .extracting(d -> d.key().hostname())
        .containsExactly("z", "a", "i2", "i1", "b");
  }

  /** Nobody is to be promoted in its place beside the server that replaced the other one. */
  @Test
  void whoseCoMasterWasReplacedIsACoMasterNoLonger() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("b").unreachable())
            .with("b", b -> b.replicatesFrom("a").ioThreadStopped())
            .with("r", r -> r.replicatesFrom("a").ioThreadStopped())
            .with("new", InstanceBuilder::writable);
    assertThat(codeOfA(servers, new States())).isEqualTo(AnalysisCode.DEAD_CO_MASTER);
    assertThat(codeOfA(servers, replaced("b", "new")))
        .isEqualTo(AnalysisCode.DEAD_INTERMEDIATE_MASTER);
    assertThat(codeOfA(servers, replaced("b", "a")))
        .as("it is the one that was promoted")
        .isEqualTo(AnalysisCode.DEAD_CO_MASTER);
  }

  private static AnalysisCode codeOfA(TopologyBuilder servers, States said) {
    return problems(servers, said).stream()
        .filter(diagnosis -> diagnosis.key().equals(key("a")))
        .findFirst()
        .orElseThrow()
        .code();
  }

  private static States replaced(String master, String successor) {
    RecoveryTicket ticket =
        RecoveryTicket.begun(
                "1:x",
                key(master),
                "DeadCoMaster",
                "",
                "",
                "",
                "",
                RecoveryOrigin.AUTOMATIC,
                NOW,
                NOW,
                0,
                "manager",
                List.of())
            .with(new JournalEntry.Promoted(key(successor), "", Optional.empty()), NOW);
    return new States()
        .recovery(ticket)
        .demoted(new DemotedMaster(key(master), "1:x", key(successor), NOW));
  }

  @Test
  void aServerInMaintenanceIsLeftOutButStillCountsAsAReplica() {
    TopologyBuilder servers = deadMaster();

    assertThat(problems(servers, new States().maintenance("m")))
        .extracting(Diagnosis::key)
        .doesNotContain(key("m"));
    assertThat(problems(servers, new States().maintenance("r1")).getFirst().replicas().count())
        .isEqualTo(2);
  }

  @Test
  void ignoredHostsAreLeftOut() {
    AnalysisPolicy policy = AnalysisPolicy.DEFAULT.withIgnoredHosts(host -> host.equals("m"));

    assertThat(analyze(deadMaster(), new States(), policy, AnalysisScope.PROBLEMS))
        .extracting(d -> d.key().hostname())
        .containsExactly("r1", "r2");
  }

  @Test
  void aDowntimedServerIsShownAsSkippableOrNotAtAll() {
    States said = new States().downtime("m", "test", Duration.ofSeconds(90));

    Diagnosis shown = problems(deadMaster(), said).getFirst();
    assertThat(shown.isSkippableDueToDowntime()).isTrue();
    assertThat(shown.downtimeRemaining()).isEqualTo(Duration.ofSeconds(90));
    assertThat(
            analyze(
                deadMaster(), said, AnalysisPolicy.DEFAULT, AnalysisScope.PROBLEMS_NOT_DOWNTIMED))
        .extracting(d -> d.key().hostname())
        .doesNotContain("m");
  }

  @Test
  void anExpiredDowntimeIsNone() {
    States said = new States().downtime("m", "test", Duration.ZERO);

    assertThat(problems(deadMaster(), said).getFirst().isSkippableDueToDowntime()).isFalse();
  }

  @Test
  void downtimedReplicasDoNotExcuseADeadMaster() {
    States said = new States().downtime("r1").downtime("r2");

    Diagnosis diagnosis = problems(deadMaster(), said).getFirst();
    assertThat(diagnosis.code()).isEqualTo(AnalysisCode.DEAD_MASTER);
    assertThat(diagnosis.areReplicasDowntimed()).isFalse();
    assertThat(diagnosis.replicas().downtimed()).isEqualTo(2);
  }

  /** The list of codes that downtimed replicas excuse, as documented. */
  private static final List<String> EXCUSED =
      List.of(
          "AllMasterReplicasNotReplicating",
          "AllMasterReplicasNotReplicatingOrDead",
          "MasterSingleReplicaDead",
          "AllCoMasterReplicasNotReplicating",
          "DeadIntermediateMasterWithSingleReplica",
          "DeadIntermediateMasterWithSingleReplicaFailingToConnect",
          "DeadIntermediateMasterAndReplicas",
          "DeadIntermediateMasterAndSomeReplicas",
          "AllIntermediateMasterReplicasFailingToConnectOrDead",
          "AllIntermediateMasterReplicasNotReplicating");

  @ParameterizedTest
  @EnumSource
  void downtimedReplicasExcuseExactlyTheDocumentedCodes(AnalysisCode code) {
    Diagnosis diagnosis =
        problems(deadMaster(), new States().downtime("r1").downtime("r2")).getFirst().as(code);

    assertThat(diagnosis.isSkippableDueToDowntime())
        .isEqualTo(EXCUSED.contains(code.displayName()));
  }

  @Test
  void someDowntimedReplicasExcuseNothing() {
    Diagnosis diagnosis =
        problems(deadMaster(), new States().downtime("r1"))
            .getFirst()
            .as(AnalysisCode.ALL_MASTER_REPLICAS_NOT_REPLICATING);

    assertThat(diagnosis.isSkippableDueToDowntime()).isFalse();
  }

  @Test
  void oneClusterCanBeAskedFor() {
    TopologyBuilder servers = deadMaster().with("other", InstanceBuilder::unreachable);

    assertThat(
            analyze(
                servers,
                new States(),
                AnalysisPolicy.DEFAULT,
                AnalysisScope.PROBLEMS.ofCluster("other:3306")))
        .extracting(d -> d.key().hostname())
        .containsExactly("other");
    assertThat(
            analyze(
                servers,
                new States(),
                AnalysisPolicy.DEFAULT,
                AnalysisScope.PROBLEMS.ofCluster("nowhere:3306")))
        .isEmpty();
  }

  @Test
  void healthyServersAreIncludedOnRequest() {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(1);

    assertThat(problems(servers, new States())).isEmpty();
    assertThat(analyze(servers, new States(), AnalysisPolicy.DEFAULT, AnalysisScope.EVERYTHING))
        .hasSize(2);
  }

  @Test
  void aHiddenServerCanStillBeDiagnosedByName() {
    Optional<Diagnosis> diagnosis =
        Analysis.diagnose(
            key("m"),
            deadMaster().build(),
            new States().maintenance("m").build(),
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT.withIgnoredHosts(host -> true),
            NOW);

    assertThat(diagnosis).map(Diagnosis::code).contains(AnalysisCode.DEAD_MASTER);
    assertThat(
            Analysis.diagnose(
                key("unknown"),
                deadMaster().build(),
                new States().build(),
                StaleCoordinates.NONE,
                AnalysisPolicy.DEFAULT,
                NOW))
        .isEmpty();
  }

  @Test
  void theTypeOfTheServerIsThatOfItsStrongestRole() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("b"))
            .with("b", b -> b.replicatesFrom("a"))
            .with("g", g -> g.group("grp", "PRIMARY", "ONLINE", "g"))
            .with("m")
            .with("i", i -> i.replicatesFrom("m"));

    List<Diagnosis> all =
        analyze(servers, new States(), AnalysisPolicy.DEFAULT, AnalysisScope.EVERYTHING);
    assertThat(all)
        .extracting(d -> d.key().hostname() + " " + d.subject().type().displayName())
        .containsExactlyInAnyOrder(
            "a co-master", "b co-master", "g group-member", "m master", "i intermediate-master");
  }

  @Test
  void graceHoldsBackOnlyWhatRestartedReplicasMayLookLike() {
    Diagnosis dead = problems(deadMaster(), new States()).getFirst();

    assertThat(dead.isActionable(false)).isTrue();
    assertThat(dead.isActionable(true)).isFalse();
    assertThat(dead.as(AnalysisCode.DEAD_INTERMEDIATE_MASTER).isActionable(true)).isFalse();
    assertThat(dead.as(AnalysisCode.DEAD_CO_MASTER).isActionable(true)).isTrue();
    assertThat(dead.as(AnalysisCode.UNREACHABLE_MASTER).isActionable(false)).isFalse();
  }

  @Test
  void whatFollowsFromEachCodeIsAsDocumented() {
    assertThat(
            Arrays.stream(AnalysisCode.values())
                .filter(code -> code.recoveryFunction().detects())
                .filter(code -> !code.recoveryFunction().isActionable())
                .map(AnalysisCode::displayName))
        .containsExactlyInAnyOrder(
            "DeadIntermediateMasterAndReplicas",
            "DeadMasterAndReplicas",
            "UnreachableMaster",
            "UnreachableMasterWithLaggingReplicas",
            "AllMasterReplicasNotReplicating",
            "AllMasterReplicasNotReplicatingOrDead",
            "UnreachableIntermediateMasterWithLaggingReplicas");
    assertThat(
            Arrays.stream(AnalysisCode.values())
                .filter(code -> code.recoveryFunction().isActionable())
                .map(AnalysisCode::displayName))
        .containsExactlyInAnyOrder(
            "DeadMaster",
            "DeadMasterAndSomeReplicas",
            "LockedSemiSyncMaster",
            "MasterWithTooManySemiSyncReplicas",
            "DeadIntermediateMaster",
            "DeadIntermediateMasterAndSomeReplicas",
            "DeadIntermediateMasterWithSingleReplicaFailingToConnect",
            "AllIntermediateMasterReplicasFailingToConnectOrDead",
            "DeadCoMaster",
            "DeadCoMasterAndSomeReplicas",
            "DeadReplicationGroupMemberWithReplicas",
            "NoWriteableMasterStructureWarning");
  }
}
