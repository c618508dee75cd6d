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
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ThreadState;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

/** Topologies of any shape, sensible or not: rings, unknown sources, groups, servers never seen. */
class ClassificationPropertyTest {
  private static final int SEEDS = 3000;
  private static final AnalysisPolicy POLICY =
      AnalysisPolicy.DEFAULT
          .withEnforceExactSemiSyncReplicas(true)
          .withRecoverNonWriteableMaster(true);

  private static TopologyBuilder random(Random random) {
    TopologyBuilder servers = new TopologyBuilder();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      servers.with("s" + i, server -> vary(server, count, random));
    }
    return servers;
  }

  private static void vary(InstanceBuilder server, int count, Random random) {
    if (random.nextInt(10) < 8) {
      // Sometimes a server that is not known, sometimes itself.
      InstanceKey source = TopologyBuilder.key("s" + random.nextInt(count + 1));
      server.replicatesFrom(random.nextInt(20) == 0 ? source.detached() : source);
      varyReplication(server, random);
    }
    switch (random.nextInt(6)) {
      case 0 -> server.unreachable();
      case 1 -> server.unreachableWithPartialSuccess();
      case 2 -> server.hangingFor(Duration.ofSeconds(random.nextInt(12)));
      default -> server.seenAt(NOW.minusSeconds(random.nextInt(40)));
    }
    if (random.nextInt(12) == 0) {
      server.neverSeen();
    }
    if (random.nextInt(6) == 0) {
      String role = random.nextBoolean() ? "PRIMARY" : "SECONDARY";
      String state = random.nextInt(4) == 0 ? "OFFLINE" : "ONLINE";
      server.group("g", role, state, "s" + random.nextInt(count + 1));
    }
    if (random.nextInt(3) == 0) {
      server.semiSyncMaster(random.nextBoolean(), random.nextInt(3), random.nextInt(3));
    }
    if (random.nextInt(8) == 0) {
      server.binlogServer();
    }
    if (random.nextBoolean()) {
      server.readOnly();
    }
    server.binlogFormat(pick(List.of(BinlogFormat.values()), random));
    if (random.nextInt(3) > 0) {
      server.oracleGtid(randomSet(random));
    }
  }

  private static void varyReplication(InstanceBuilder server, Random random) {
    server.replication(row ->
        row.ioThread(thread(random)).sqlThread(thread(random)).lagSeconds(random.nextInt(30)));
    if (random.nextInt(3) == 0) {
      server.failingToConnect();
    }
    if (random.nextInt(6) == 0) {
      server.delaySeconds(20);
    }
    if (random.nextInt(6) == 0) {
      server.replication(row -> row.lagUnknown());
    }
  }

  private static ThreadState thread(Random random) {
    return random.nextInt(3) > 0
        ? ThreadState.RUNNING
        : pick(List.of(ThreadState.values()), random);
  }

  private static <T> T pick(List<T> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String randomSet(Random random) {
    return InstanceBuilder.uuidOf(TopologyBuilder.key("s" + random.nextInt(4)))
        + ":1-"
        + (1 + random.nextInt(5));
  }

  private static ReplicatedState randomState(int count, Random random) {
    States said = new States();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        said.downtime("s" + i, "test", Duration.ofSeconds(random.nextInt(3) - 1L));
      }
    }
    return said.build();
  }

  @Test
  void everyServerOfEveryTopologyGetsExactlyOneVerdict() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Topology topology = random(random).build();
      ReplicatedState state = randomState(topology.size(), random);

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
  void everyServerIsDrawnExactlyOnceInItsCluster() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Topology topology = random(new Random(seed)).build();
      TopologyText text =
          new TopologyText(topology, ReplicatedState.EMPTY, AnalysisPolicy.DEFAULT, NOW);
      List<String> drawn = new ArrayList<>();
      for (String cluster : topology.clusters().keySet()) {
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
      List<Instance> instances = new ArrayList<>(random(new Random(seed)).build().instances());
      List<Diagnosis> forward = analyze(Topology.of(instances));
      Collections.shuffle(instances, new Random(seed));

      assertThat(analyze(Topology.of(instances))).as("seed %d", seed).isEqualTo(forward);
    }
  }

  private static List<Diagnosis> analyze(Topology topology) {
    return Analysis.of(topology, ReplicatedState.EMPTY, StaleCoordinates.NONE, POLICY, NOW);
  }
}
