package orchestrator.bench.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import orchestrator.core.analysis.Analysis;
import orchestrator.core.analysis.AnalysisMemory;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.analysis.StaleCoordinates;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Topology;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Clusters of five: from readings to diagnoses, of all servers, and after one was read anew. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class AnalysisBenchmark {
  private static final int CLUSTERS = 2000;
  private static final int REPLICAS = 4;

  /** Clusters whose master is dead, of the 2,000. */
  @Param({"0", "20"})
  public int deadMasters;

  private List<Instance> instances = List.of();
  private Topology topology = Topology.EMPTY;
  private AnalysisMemory memory = AnalysisMemory.NONE;
  private int next;

  @Setup
  public void read() {
    TopologyBuilder servers = new TopologyBuilder();
    for (int cluster = 0; cluster < CLUSTERS; cluster++) {
      addCluster(servers, "c" + cluster, cluster < deadMasters);
    }
    topology = servers.build();
    instances = new ArrayList<>(topology.instances());
    fromScratch();
    memory = update(AnalysisMemory.NONE, topology).memory();
  }

  private static void addCluster(TopologyBuilder servers, String name, boolean isDead) {
    String master = name + "-m";
    String executed = InstanceBuilder.uuidOf(TopologyBuilder.key(master)) + ":1-100000";
    servers.with(master, m -> m.oracleGtid(executed).clusterAlias(name));
    for (int replica = 1; replica <= REPLICAS; replica++) {
      servers.with(
          name + "-r" + replica, r -> r.replicatesFrom(master).oracleGtid(executed).readOnly());
    }
    if (isDead) {
      servers.with(master, InstanceBuilder::unreachable);
      servers.withReplicasOf(master, InstanceBuilder::failingToConnect);
    }
  }

  @Benchmark
  public List<Diagnosis> fromScratch() {
    return Analysis.of(
        Topology.of(instances),
        ReplicatedState.EMPTY,
        StaleCoordinates.NONE,
        AnalysisPolicy.DEFAULT,
        TopologyBuilder.NOW);
  }

  /** Servers in turn; what was read is the same, and another object. */
  @Benchmark
  public List<Diagnosis> afterOneProbe() {
    next = (next + 1) % instances.size();
    Instance read = instances.get(next);
    Topology now = topology.with(List.of(read.withFreshness(read.freshness())));
    Analysis.Update update = update(memory, now);
    topology = now;
    memory = update.memory();
    return update.diagnoses();
  }

  private static Analysis.Update update(AnalysisMemory memory, Topology topology) {
    return Analysis.update(
        memory,
        topology,
        ReplicatedState.EMPTY,
        StaleCoordinates.NONE,
        AnalysisPolicy.DEFAULT,
        TopologyBuilder.NOW);
  }
}
