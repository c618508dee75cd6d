package orchestrator.bench.core;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.recovery.ActingNode;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The plan of a recovery of a master with 200 replicas, some of which are behind the others. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class PlanningBenchmark {
  private static final int REPLICAS = 200;
  private static final InstanceKey MASTER = TopologyBuilder.key("m");

  private Topology topology = Topology.EMPTY;

  @Setup
  public void read() {
    String executed = InstanceBuilder.uuidOf(MASTER) + ":1-";
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(REPLICAS)
            .with("m", m -> m.unreachable().oracleGtid(executed + 100_000));
    for (int replica = 1; replica <= REPLICAS; replica++) {
      int last = 100_000 - replica % 7;
      servers.with("r" + replica, r -> r.failingToConnect().oracleGtid(executed + last));
    }
    topology = servers.build();
  }

  @Benchmark
  public RecoveryPlan plan() {
    FailureCase failure =
        new FailureCase(
            MASTER,
            "DeadMaster",
            "Master cannot be reached",
            "m:3306",
            "main",
            "main.example",
            "master",
            topology.replicasOf(MASTER).stream().map(Instance::key).toList(),
            false,
            true,
            false,
            true,
            "200 of 200 observers");
    Circumstances circumstances =
        Circumstances.of(
            failure,
            topology,
            ReplicatedState.EMPTY,
            RecoveryPolicy.DEFAULT,
            Map.of(),
            new ActingNode("manager", "manager.example", 0),
            TopologyBuilder.NOW);
    return RecoveryPlanner.plan(
        circumstances, RecoveryOrigin.AUTOMATIC, ReplicatedState.EMPTY, TopologyBuilder.NOW);
  }
}
