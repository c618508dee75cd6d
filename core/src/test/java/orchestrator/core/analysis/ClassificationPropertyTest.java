package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import orchestrator.core.analysis.text.TopologyText;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

/** Topologies of any shape, sensible or not: rings, unknown sources, groups, servers never seen. */
class ClassificationPropertyTest {
  private static final int SEEDS = 3000;
  private static final AnalysisPolicy POLICY =
      AnalysisPolicy.DEFAULT
          .withEnforceExactSemiSyncReplicas(true)
          .withRecoverNonWriteableMaster(true);

  @Test
  void everyServerOfEveryTopologyGetsExactlyOneVerdict() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Topology topology = RandomServers.topology(random).build();
      ReplicatedState state = RandomServers.state(topology.size(), random);

      List<Diagnosis> all =
          Analysis.of(
              topology, state, StaleCoordinates.NONE, POLICY, NOW, AnalysisScope.EVERYTHING);

      assertThat(all.stream().map(Diagnosis::key).sorted())
          .as("seed %d", seed)
          .containsExactlyElementsOf(topology.instances().stream().map(Instance::key).toList());
      for (Diagnosis diagnosis : all) {
        checkSound(diagnosis, topology, seed);
      }
    }
  }

  private static void checkSound(Diagnosis diagnosis, Topology topology, long seed) {
    AnalysisCode code = diagnosis.code();
    if (code.meansServerIsDead()) {
      assertThat(diagnosis.subject().lastCheckValid()).as("seed %d", seed).isFalse();
      assertThat(diagnosis.replicas().validReplicating()).as("seed %d", seed).isZero();
    }
    if (diagnosis.subject().groupMember()) {
      assertThat(code)
          .as("seed %d", seed)
          .isIn(AnalysisCode.NO_PROBLEM, AnalysisCode.DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS);
    }
    assertThat(diagnosis.description().isEmpty())
        .as("seed %d", seed)
        .isEqualTo(code == AnalysisCode.NO_PROBLEM);
    assertThat(diagnosis.cluster().name())
        .isEqualTo(topology.clusterNameOf(diagnosis.key()).orElseThrow());
    for (EmergencyOperation operation : EmergencyOperation.of(diagnosis, topology)) {
      assertThat(operation.because()).isEqualTo(code);
    }
    assertThat(Evidence.verdict(diagnosis, topology, FailureLog.NONE, Duration.ZERO, NOW))
        .as("seed %d: nothing is dead that was never tried", seed)
        .isInstanceOf(code.meansServerIsDead() ? Evidence.Wait.class : Evidence.Conclusive.class);
  }

  @Test
  void whatReplicasHearIsOfNoImportanceForAServerThatAnswers() {
    for (long seed = 0; seed < SEEDS; seed++) {
      TopologyBuilder servers = RandomServers.topology(new Random(seed));
      Topology topology = servers.build();
      for (Instance instance : topology.instances()) {
        if (instance.replication().isPresent()) {
          servers.with(instance.key().displayString(), InstanceBuilder::deaf);
        }
      }

      assertThat(ofThoseThatAnswer(servers.build()))
          .as("seed %d", seed)
          .isEqualTo(ofThoseThatAnswer(topology));
    }
  }

  private static List<Diagnosis> ofThoseThatAnswer(Topology topology) {
    return analyze(topology).stream()
        .filter(d -> d.subject().lastCheckValid() || d.subject().lastCheckPartialSuccess())
        .toList();
  }

  @Test
  void everyServerIsDrawnExactlyOnceInItsCluster() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Topology topology = RandomServers.topology(new Random(seed)).build();
      TopologyText text =
          new TopologyText(topology, ReplicatedState.EMPTY, AnalysisPolicy.DEFAULT, NOW);
      List<String> drawn = new ArrayList<>();
      for (String cluster : topology.clusterNames()) {
        text.tabulated(cluster)
            .lines()
            .map(line -> line.substring(0, line.indexOf('|')).replaceAll("[-+‡ ]", ""))
            .forEach(drawn::add);
      }

      Set<String> expected = new HashSet<>();
      topology.instances().forEach(instance -> expected.add(instance.key().displayString()));
      assertThat(drawn)
          .as("seed %d", seed)
          .doesNotHaveDuplicates()
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void theOrderOfServersIsOfNoImportance() {
    for (long seed = 0; seed < SEEDS / 10; seed++) {
      List<Instance> instances =
          new ArrayList<>(RandomServers.topology(new Random(seed)).build().instances());
      List<Diagnosis> forward = analyze(Topology.of(instances));
      Collections.shuffle(instances, new Random(seed));

      assertThat(analyze(Topology.of(instances))).as("seed %d", seed).isEqualTo(forward);
    }
  }

  private static List<Diagnosis> analyze(Topology topology) {
    return Analysis.of(topology, ReplicatedState.EMPTY, StaleCoordinates.NONE, POLICY, NOW);
  }
}
