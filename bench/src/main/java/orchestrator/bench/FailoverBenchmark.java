package orchestrator.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a master is missed: from {@code kill -9} to the moment when a replica takes writes, or,
 * of an intermediate master, when its replicas replicate again. Each round has fresh servers and a
 * fresh manager, so it is always the manager's first recovery.
 *
 * <p>The floor, on the servers that are left: the same promotion by a script that is told the
 * moment of death, and needs to find out nothing.
 */
@Command(name = "failover", mixinStandardHelpOptions = true)
public final class FailoverBenchmark implements Callable<Integer> {
  @Option(names = "--servers", defaultValue = "mysql-8.0", description = "kind of servers")
  String kind = "mysql-8.0";

  @Option(names = "--rounds", defaultValue = "20")
  int rounds = 20;

  @Option(
      names = "--uptime",
      defaultValue = "60",
      description = "seconds that a manager is up before the kill")
  int uptimeSeconds = 60;

  @Option(names = "--poll", defaultValue = "5", description = "InstancePollSeconds")
  int pollSeconds = 5;

  @Option(names = "--default-servers", description = "servers with their own default timeouts")
  boolean defaults;

  @Option(
      names = "--nodes",
      defaultValue = "1",
      description = "managers; with more than one the leader is killed together with the master")
  int nodes = 1;

  @Option(names = "--freeze", description = "SIGSTOP in place of kill -9")
  boolean freeze;

  @Option(
      names = "--intermediate",
      description = "an intermediate master with two replicas is ended, until both replicate again")
  boolean intermediate;

  @Option(
      names = "--together",
      defaultValue = "5",
      description = "topologies that are up at the same time, waiting for their turn")
  int together = 5;

  public static void main(String[] args) {
    System.exit(new CommandLine(new FailoverBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Long> failovers = new ArrayList<>();
    List<Long> floors = new ArrayList<>();
    while (failovers.size() < rounds) {
      batch(Math.min(together, rounds - failovers.size()), failovers, floors);
    }
    System.out.println(summary("failover", failovers));
    if (!floors.isEmpty()) {
      System.out.println(summary("floor   ", floors));
      System.out.printf(
          "ratio of medians %.1f%n", (double) median(failovers) / Math.max(1, median(floors)));
    }
    return 0;
  }

  /** Waiting until managers are no more in their first minute takes the longest: they share it. */
  private void batch(int size, List<Long> failovers, List<Long> floors)
      throws IOException, InterruptedException, SQLException {
    Deque<Trial> waiting = new ArrayDeque<>();
    try {
      while (waiting.size() < size) {
        waiting.add(Trial.start(spec(), nodes, pollSeconds));
      }
      Thread.sleep(Duration.ofSeconds(uptimeSeconds));
      while (!waiting.isEmpty()) {
        try (Trial trial = waiting.remove()) {
          // At a random phase of the poll.
          Thread.sleep(ThreadLocalRandom.current().nextInt(1000 * pollSeconds));
          failovers.add(intermediate ? trial.relocation() : trial.failover(freeze));
          if (!freeze) {
            floors.add(intermediate ? trial.relocationFloor() : trial.floor());
          }
        }
        System.out.printf(
            "round %d: failover %d ms, floor %s ms%n",
            failovers.size(), failovers.getLast(), floors.isEmpty() ? "-" : floors.getLast());
      }
    } finally {
      waiting.forEach(Trial::close);
    }
  }

  private SandboxSpec spec() {
    ServerKind servers = ServerKind.ofLabel(kind);
    SandboxSpec spec =
        intermediate
            ? SandboxSpec.shape(servers, "A>B", "A>C", "B>D", "B>E")
            : SandboxSpec.masterAndReplicas(servers, 3);
    return defaults ? spec.defaults() : spec.tuned();
  }

  private static String summary(String name, List<Long> millis) {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("median", median(millis));
    figures.put("best", Collections.min(millis));
    figures.put("worst", Collections.max(millis));
    return name + ManagerUnderTest.figures(figures) + "  ms, " + millis.size() + " rounds";
  }

  private static long median(List<Long> millis) {
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
