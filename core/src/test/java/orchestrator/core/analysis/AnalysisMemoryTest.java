package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

class AnalysisMemoryTest {
  private static final AnalysisPolicy POLICY =
      AnalysisPolicy.DEFAULT
          .withEnforceExactSemiSyncReplicas(true)
          .withRecoverNonWriteableMaster(true);
  private static final int SEEDS = 1000;
  private static final int SERVERS = 9;

  @Test
  void whateverChangesTheVerdictsAreThoseOfAnAnalysisFromScratch() {
    int spared = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      TopologyBuilder servers = soundServers();
      Topology topology = servers.build();
      ReplicatedState state = ReplicatedState.EMPTY;
      Instant now = NOW;
      AnalysisMemory memory = AnalysisMemory.NONE;
      for (int step = 0; step < 12; step++) {
        String changed = "s" + random.nextInt(SERVERS + 1);
        switch (random.nextInt(6)) {
          case 0 -> now = now.plusMillis(random.nextInt(3000));
          case 1 -> state = RandomServers.state(SERVERS, random);
          case 2 -> RandomServers.vary(servers.server(changed), SERVERS, random);
          default -> servers.without(changed).with(changed, s -> makeSound(changed, s));
        }
        topology = topology.with(List.of(servers.instance(changed)));
        spared +=
            topology.clusterNames().size() - toBeJudged(memory, topology, state, POLICY).size();

        Analysis.Update update =
            Analysis.update(memory, topology, state, StaleCoordinates.NONE, POLICY, now);
        assertThat(update.diagnoses())
            .as("seed %d, step %d", seed, step)
            .isEqualTo(Analysis.of(servers.build(), state, StaleCoordinates.NONE, POLICY, now));
        memory = update.memory();
      }
    }
    assertThat(spared).as("clusters that were not judged again").isGreaterThan(SEEDS);
  }

  /** Clusters of three. */
  private static TopologyBuilder soundServers() {
    TopologyBuilder servers = new TopologyBuilder();
    for (int i = 0; i < SERVERS; i++) {
      String name = "s" + i;
      servers.with(name, server -> makeSound(name, server));
    }
    return servers;
  }

  private static void makeSound(String name, InstanceBuilder server) {
    int number = Integer.parseInt(name.substring(1));
    if (number % 3 != 0) {
      server.replicatesFrom("s" + (number - number % 3)).readOnly();
    }
    server.oracleGtid(InstanceBuilder.uuidOf(key("s" + (number - number % 3))) + ":1-5");
  }

  @Test
  void onlyTheClusterOfAServerThatWasReadAnewIsJudgedAgain() {
    TopologyBuilder servers = soundServers();
    Topology before = servers.build();
    AnalysisMemory memory = judged(before, ReplicatedState.EMPTY);
    assertThat(toBeJudged(memory, before, ReplicatedState.EMPTY, POLICY)).isEmpty();

    Topology after = before.with(List.of(servers.with("s4", s -> s.lagSeconds(2)).instance("s4")));

    assertThat(toBeJudged(memory, after, ReplicatedState.EMPTY, POLICY)).containsExactly("s3:3306");
  }

  @Test
  void aClusterWithAProblemIsJudgedEachTime() {
    TopologyBuilder servers = soundServers().with("s3", InstanceBuilder::unreachable);
    Topology topology = servers.build();

    assertThat(
            toBeJudged(
                judged(topology, ReplicatedState.EMPTY), topology, ReplicatedState.EMPTY, POLICY))
        .containsExactly("s3:3306");
  }

  @Test
  void aClusterWhoseVerdictADowntimeMayHideIsJudgedEachTime() {
    Topology topology = soundServers().build();
    ReplicatedState state = new States().downtime("s4", "test", Duration.ofMinutes(1)).build();

    assertThat(toBeJudged(judged(topology, state), topology, state, POLICY))
        .containsExactly("s3:3306");
  }

  @Test
  void allAreJudgedWhenSomethingElseThanAReadingChanged() {
    TopologyBuilder servers = soundServers();
    Topology topology = servers.build();
    AnalysisMemory memory = judged(topology, ReplicatedState.EMPTY);
    ReplicatedState downtimed = new States().downtime("s4", "test", Duration.ofMinutes(1)).build();
    Topology moved =
        topology.with(List.of(servers.with("s4", s -> s.replicatesFrom("s0")).instance("s4")));
    ReplicatedState replaced =
        new States().demoted(new DemotedMaster(key("s4"), "1:x", key("s0"), NOW)).build();

    assertThat(toBeJudged(memory, topology, downtimed, POLICY)).hasSize(3);
    assertThat(toBeJudged(memory, topology, replaced, POLICY)).hasSize(3);
    assertThat(toBeJudged(memory, moved, ReplicatedState.EMPTY, POLICY)).hasSize(3);
    assertThat(toBeJudged(memory, topology, ReplicatedState.EMPTY, AnalysisPolicy.DEFAULT))
        .hasSize(3);
    assertThat(moved.clusterNameOf(key("s4"))).contains("s0:3306");
  }

  private static Collection<String> toBeJudged(
      AnalysisMemory memory, Topology topology, ReplicatedState state, AnalysisPolicy policy) {
    return memory.toBeJudged(memory.changes(topology), topology, state, policy);
  }

  private static AnalysisMemory judged(Topology topology, ReplicatedState state) {
    return Analysis.update(AnalysisMemory.NONE, topology, state, StaleCoordinates.NONE, POLICY, NOW)
        .memory();
  }
}
