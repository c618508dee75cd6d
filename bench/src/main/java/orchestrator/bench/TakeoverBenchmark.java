package orchestrator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long nobody can write during a planned takeover: the longest time between two confirmed
 * writes, of clients that try all servers all the time. The servers take turns as master.
 */
@Command(name = "takeover", mixinStandardHelpOptions = true)
public final class TakeoverBenchmark implements Callable<Integer> {
  private static final long BEFORE_MILLIS = 1000;

  @Option(names = "--servers", defaultValue = "mysql-8.0", description = "kind of servers")
  String kind = "mysql-8.0";

  @Option(names = "--rounds", defaultValue = "20")
  int rounds = 20;

  @Option(names = "--poll", defaultValue = "1", description = "InstancePollSeconds")
  int pollSeconds = 1;

  @Option(
      names = "--pause",
      defaultValue = "0",
      description = "milliseconds between two writes: without a pause the replicas are saturated")
  int pauseMillis;

  public static void main(String[] args) {
    System.exit(new CommandLine(new TakeoverBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Long> blocked = new ArrayList<>();
    List<Long> whole = new ArrayList<>();
    Path folder = Files.createTempDirectory("orchestrator-bench-");
    try (Sandbox sandbox =
            Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.ofLabel(kind), 3).tuned());
        ManagerUnderTest manager = ManagerUnderTest.start(folder, pollSeconds)) {
      sandbox
          .master()
          .sql(
              Account.ADMIN,
              "CREATE DATABASE IF NOT EXISTS app",
              "CREATE TABLE app.takeover (n BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB");
      manager.discover(sandbox.master());
      manager.awaitKnown(sandbox.servers());
      SandboxServer member = sandbox.master();
      try (TakeoverLoad load = TakeoverLoad.on(sandbox.servers(), Duration.ofMillis(pauseMillis))) {
        while (blocked.size() < rounds) {
          Thread.sleep(BEFORE_MILLIS + 1000L * pollSeconds);
          round(manager, member, load, blocked, whole);
        }
      }
    }
    System.out.println(summary("writes blocked", blocked));
    System.out.println(summary("whole request ", whole));
    return 0;
  }

  private static void round(
      ManagerUnderTest manager,
      SandboxServer member,
      TakeoverLoad load,
      List<Long> blocked,
      List<Long> whole)
      throws IOException, InterruptedException {
    load.forget();
    long start = System.nanoTime();
    String answer =
        manager.get("graceful-master-takeover-auto/" + member.host() + "/" + member.port());
    long millis = (System.nanoTime() - start) / 1_000_000;
    if (!answer.contains("\"Code\":\"OK\"")) {
      throw new IOException("The takeover failed: " + answer);
    }
    Thread.sleep(BEFORE_MILLIS);
    blocked.add(load.longestGapMillis());
    whole.add(millis);
    System.out.printf(
        "round %d: writes blocked %d ms, answer after %d ms, %d writes%n",
        blocked.size(), blocked.getLast(), millis, load.writes());
  }

  private static String summary(String name, List<Long> millis) {
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("median", sorted.get(sorted.size() / 2));
    figures.put("best", sorted.getFirst());
    figures.put("worst", sorted.getLast());
    return name + ManagerUnderTest.figures(figures) + "  ms, " + millis.size() + " rounds";
  }
}
