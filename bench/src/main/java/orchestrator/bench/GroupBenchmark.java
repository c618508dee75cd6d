package orchestrator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A raft group on this machine: how long it is without a leader, what a replicated command costs,
 * and what a node needs. The baseline of a command is the same one on a manager that stands alone,
 * in the same run.
 */
@Command(name = "group", mixinStandardHelpOptions = true)
public final class GroupBenchmark implements Callable<Integer> {
  /** The compilers of all nodes share the cores with what is measured, until they are done. */
  private static final int WARM_UPS = 5;

  private final AtomicInteger refused = new AtomicInteger();

  @Option(names = "--nodes", defaultValue = "3")
  int count = 3;

  @Option(names = "--rounds", defaultValue = "20", description = "of killed leaders")
  int rounds = 20;

  @Option(names = "--commands", defaultValue = "3000", description = "for each figure")
  int commands = 3000;

  @Option(names = "--idle", defaultValue = "60", description = "seconds of measuring idle nodes")
  int idleSeconds = 60;

  @Option(names = "--cold-starts", defaultValue = "5", description = "of all nodes at once")
  int coldStarts = 5;

  @Option(
      names = "--busy-minutes",
      defaultValue = "0",
      description = "instead: count the elections in this time, beside one busy loop per core")
  int busyMinutes;

  public static void main(String[] args) {
    System.exit(new CommandLine(new GroupBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("orchestrator-bench-");
    try (GroupUnderTest group = GroupUnderTest.start(folder.resolve("group"), count, 5)) {
      if (busyMinutes > 0) {
        beside(BusyLoops.onePerCore(), group);
        return 0;
      }
      commands(group, folder);
      idle(group);
      leaderless("kill -9", group, ManagerUnderTest::kill, rounds);
      leaderless("SIGTERM", group, ManagerUnderTest::terminate, rounds);
    }
    coldStarts(folder);
    return 0;
  }

  private void coldStarts(Path folder) throws IOException, InterruptedException {
    List<Long> millis = new ArrayList<>();
    for (int round = 0; round < coldStarts; round++) {
      try (GroupUnderTest group = GroupUnderTest.start(folder.resolve("cold" + round), count, 5)) {
        millis.add(group.toLeader().toMillis());
      }
    }
    Collections.sort(millis);
    System.out.printf("cold start of all nodes to a leader  %s ms%n", millis);
  }

  private void commands(GroupUnderTest group, Path folder)
      throws IOException, InterruptedException, ExecutionException {
    try (ManagerUnderTest alone = ManagerUnderTest.start(folder.resolve("alone"), 5)) {
      for (int warmUp = 0; warmUp < WARM_UPS; warmUp++) {
        rate(alone, 16);
        rate(group.leader(), 16);
        rate(group.follower(), 16);
      }
      System.out.printf(
          "commands/s, 1 connection    leader %.0f  follower %.0f  alone %.0f%n",
          rate(group.leader(), 1), rate(group.follower(), 1), rate(alone, 1));
      System.out.printf(
          "commands/s, 16 connections  leader %.0f  follower %.0f  alone %.0f%n",
          rate(group.leader(), 16), rate(group.follower(), 16), rate(alone, 16));
      try (NodeWatch watch = new NodeWatch(group.nodes())) {
        System.out.printf(
            "the same, watched           leader %.0f  follower %.0f%n",
            rate(group.leader(), 16), rate(group.follower(), 16));
      }
      System.out.printf("refused for a moment, and sent again  %d%n", refused.get());
      System.out.printf(
          "command, p50  leader %.2f ms  follower %.2f ms  alone %.2f ms%n",
          median(group.leader()), median(group.follower()), median(alone));
    }
  }

  private double rate(ManagerUnderTest node, int connections)
      throws InterruptedException, ExecutionException {
    int each = commands / connections;
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        String key = "put-key-value/bench" + i + "/";
        running.add(
            threads.submit(() -> {
              put(node, key, each);
              return null;
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    return each * connections / ((System.nanoTime() - start) / 1e9);
  }

  /** Until each was done. */
  private void put(ManagerUnderTest node, String path, int times)
      throws IOException, InterruptedException {
    for (int i = 0; i < times; i++) {
      while (node.status(path + i) != 200) {
        refused.incrementAndGet();
      }
    }
  }

  private static double median(ManagerUnderTest node) throws IOException, InterruptedException {
    double[] millis = node.requestMillis("put-key-value/bench/v", 1000);
    Arrays.sort(millis);
    return millis[millis.length / 2];
  }

  private void idle(GroupUnderTest group) throws IOException, InterruptedException {
    List<Duration> before = new ArrayList<>();
    for (ManagerUnderTest node : group.nodes()) {
      before.add(node.cpuTime());
    }
    Thread.sleep(Duration.ofSeconds(idleSeconds));
    for (int i = 0; i < group.nodes().size(); i++) {
      ManagerUnderTest node = group.nodes().get(i);
      System.out.printf(
          "idle node %d  %.1f %% of a core, %d MiB resident%n",
          i + 1,
          100.0 * node.cpuTime().minus(before.get(i)).toMillis() / (1000.0 * idleSeconds),
          node.residentMebibytes());
    }
  }

  private void beside(BusyLoops load, GroupUnderTest group)
      throws IOException, InterruptedException {
    try (load) {
      long before = group.leader().term();
      Thread.sleep(Duration.ofMinutes(busyMinutes));
      System.out.printf(
          "elections in %d minutes beside %d busy loops  %d%n",
          busyMinutes, load.count(), group.leader().term() - before);
    }
  }

  private interface End {
    void of(ManagerUnderTest node);
  }

  private static void leaderless(String what, GroupUnderTest group, End end, int times)
      throws IOException, InterruptedException {
    List<Long> gaps = new ArrayList<>();
    List<Long> restarts = new ArrayList<>();
    for (int round = 0; round < times; round++) {
      ManagerUnderTest leader = group.leader();
      long start = System.nanoTime();
      end.of(leader);
      group.awaitSuccessor(leader);
      gaps.add((System.nanoTime() - start) / 1_000_000);
      restarts.add(group.restart(leader).toMillis());
    }
    Collections.sort(gaps);
    Collections.sort(restarts);
    System.out.printf(
        "%s of the leader to the next command  median %d  best %d  worst %d  ms, %d rounds%n",
        what, gaps.get(times / 2), gaps.getFirst(), gaps.getLast(), times);
    System.out.printf(
        "restart to healthy  median %d  worst %d  ms%n",
        restarts.get(times / 2), restarts.getLast());
  }
}
