package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

/**
 * The analysis runs each second and on every event, so it must stay far below a probe's cost.
 * Limits are ten times what was measured, for slow machines: they catch a wrong complexity only.
 */
class AnalysisSpeedTest {
  private static final String SET = "00000000-0000-0000-0000-0000000000aa:1-1000";
  private static final String NEWER = "00000000-0000-0000-0000-0000000000aa:1-1010";

  /** Clusters of ten servers each; every master is read-only, so that each has a diagnosis. */
  private static Topology clusters(int count) {
    TopologyBuilder servers = new TopologyBuilder();
    for (int c = 0; c < count; c++) {
      String master = "m" + c;
      servers.with(master, m -> m.readOnly().oracleGtid(SET));
      for (int r = 1; r < 10; r++) {
        servers.with(
            "r" + r + "-" + c, replica -> replica.replicatesFrom(master).oracleGtid(NEWER));
      }
    }
    return servers.build();
  }

  private static Duration fastest(Topology topology, int rounds) {
    long fastest = Long.MAX_VALUE;
    int found = 0;
    for (int i = 0; i < rounds; i++) {
      // A fresh snapshot each time, as after a probe.
      Topology snapshot = Topology.of(topology.instances());
      long start = System.nanoTime();
      found +=
          Analysis.of(
                  snapshot,
                  ReplicatedState.EMPTY,
                  StaleCoordinates.NONE,
                  AnalysisPolicy.DEFAULT,
                  NOW)
              .size();
      fastest = Math.min(fastest, System.nanoTime() - start);
    }
    assertThat(found).isPositive();
    return Duration.ofNanos(fastest);
  }

  @Test
  void aThousandServersTakeMilliseconds() {
    fastest(clusters(3), 2000);
    Duration thirty = fastest(clusters(3), 2000);
    Duration thousand = fastest(clusters(100), 100);

    assertThat(thirty).isLessThan(Duration.ofMillis(3));
    assertThat(thousand).isLessThan(Duration.ofMillis(50));
  }
}
