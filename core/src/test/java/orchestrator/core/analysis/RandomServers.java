package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ThreadState;

/** Servers in topologies of any shape, sensible or not. */
final class RandomServers {
  private RandomServers() {}

  static TopologyBuilder topology(Random random) {
    TopologyBuilder servers = new TopologyBuilder();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      servers.with("s" + i, server -> vary(server, count, random));
    }
    return servers;
  }

  static void vary(InstanceBuilder server, int count, Random random) {
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

  static ReplicatedState state(int count, Random random) {
    States said = new States();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        said.downtime("s" + i, "test", Duration.ofSeconds(random.nextInt(3) - 1L));
      }
    }
    return said.build();
  }
}
