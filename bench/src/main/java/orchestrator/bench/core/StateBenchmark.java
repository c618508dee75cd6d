package orchestrator.bench.core;

import java.util.concurrent.TimeUnit;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
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

/** What each node does for a command beside others that are in its state already. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class StateBenchmark {
  /** Five are kept for each cluster. */
  @Param({"10", "1000", "10000"})
  int keys;

  private ReplicatedState state = ReplicatedState.EMPTY;
  private long index;

  @Setup
  public void fill() {
    for (int key = 0; key < keys; key++) {
      put(key, "before");
    }
  }

  @Benchmark
  public ReplicatedState put() {
    put((int) (index % keys), "value " + index);
    return state;
  }

  private void put(int key, String value) {
    state =
        StateMachine.apply(
                state,
                new Command.PutKeyValue("mysql/master/" + key, value),
                new LogPosition(1, ++index))
            .next();
  }
}
