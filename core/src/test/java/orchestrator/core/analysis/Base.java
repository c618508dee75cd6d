package orchestrator.core.analysis;

import java.time.Duration;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;

/**
 * A small cluster of MySQL 5.6 with statement logging and Pseudo-GTID: P1 is the master of P2, P4
 * (without a binary log) and P5; P3 replicates from P2. All well, and read two years ago.
 */
final class Base {
  static final String P1 = "testhost:22293";
  static final String P2 = "testhost:22294";
  static final String P3 = "testhost:22295";
  static final String P4 = "testhost:22296";
  static final String P5 = "testhost:22297";

  static final String OLD_WORDING =
      "error connecting to master 'repl@testhost:22293' - retry-time: 10  retries: 86400";
  static final String NEW_WORDING =
      "Error reconnecting to source 'repl@testhost:22293'. This was attempt 1/86400";

  static final Duration AGE = Duration.ofDays(730);

  private Base() {}

  static TopologyBuilder base() {
    return new TopologyBuilder()
        .with(P1, p -> common(p).dataCenter("ny"))
        .with(P2, p -> common(p).dataCenter("ny").replicatesFrom(P1))
        .with(P3, p -> common(p).replicatesFrom(P2))
        .with(P4, p -> common(p).withoutBinlog().replicatesFrom(P1))
        .with(P5, p -> common(p).dataCenter("seattle").replicatesFrom(P1));
  }

  private static InstanceBuilder common(InstanceBuilder server) {
    return server
        .version("5.6.28-log")
        .binlogFormat(BinlogFormat.STATEMENT)
        .gtidMode("OFF")
        .pseudoGtid()
        .seenAt(TopologyBuilder.NOW.minus(AGE));
  }

  static BinlogCoordinates positionOf(TopologyBuilder cluster, String server) {
    return cluster.instance(server).binlog().position().orElseThrow();
  }
}
