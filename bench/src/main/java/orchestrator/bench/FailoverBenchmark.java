package orchestrator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a master is missed: from {@code kill -9} to the moment when a replica takes writes. Each
 * round has fresh servers and a fresh manager, so it is always the manager's first recovery.
 *
 * <p>The floor, on the same servers afterwards: the same promotion by a script that is told the
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

  public static void main(String[] args) {
    System.exit(new CommandLine(new FailoverBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Long> failovers = new ArrayList<>();
    List<Long> floors = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      long millis = round();
      failovers.add(millis);
      if (!freeze) {
        floors.add(floor());
      }
      System.out.printf(
          "round %d: failover %d ms, floor %s ms%n",
          round, millis, floors.isEmpty() ? "-" : floors.getLast());
    }
    System.out.println(summary("failover", failovers));
    if (!floors.isEmpty()) {
      System.out.println(summary("floor   ", floors));
      System.out.printf(
          "ratio of medians %.1f%n", (double) median(failovers) / Math.max(1, median(floors)));
    }
    return 0;
  }

  private SandboxSpec spec() {
    SandboxSpec spec = SandboxSpec.masterAndReplicas(ServerKind.ofLabel(kind), 3);
    return defaults ? spec.defaults() : spec.tuned();
  }

  private long round() throws IOException, InterruptedException, SQLException {
    Path folder = Files.createTempDirectory("orchestrator-bench-");
    if (nodes > 1) {
      return roundOfGroup(folder);
    }
    try (Sandbox sandbox = Sandbox.start(spec());
        ManagerUnderTest manager = ManagerUnderTest.start(folder, pollSeconds)) {
      manager.discover(sandbox.master());
      manager.awaitKnown(sandbox.servers());
      Thread.sleep(Duration.ofSeconds(uptimeSeconds));
      // At a random phase of the poll.
      Thread.sleep(ThreadLocalRandom.current().nextInt(1000 * pollSeconds));
      return millisToWritable(
          sandbox, freeze ? sandbox.master()::freeze : sandbox.master()::kill, () -> {});
    }
  }

  private long roundOfGroup(Path folder) throws IOException, InterruptedException, SQLException {
    try (Sandbox sandbox = Sandbox.start(spec());
        GroupUnderTest group = GroupUnderTest.start(folder, nodes, pollSeconds)) {
      group.leader().discover(sandbox.master());
      for (ManagerUnderTest node : group.nodes()) {
        node.awaitKnown(sandbox.servers());
      }
      Thread.sleep(Duration.ofSeconds(uptimeSeconds));
      ManagerUnderTest leader = group.leader();
      return millisToWritable(
          sandbox,
          () -> {
            leader.kill();
            sandbox.master().kill();
          },
          () -> {});
    }
  }

  private long floor() throws IOException, SQLException {
    try (Sandbox sandbox = Sandbox.start(spec())) {
      List<Connection> sessions = new ArrayList<>();
      for (SandboxServer replica : sandbox.replicas()) {
        sessions.add(replica.connect(Account.ADMIN));
      }
      boolean mariaDb = sandbox.master().kind().isMariaDb();
      long millis =
          millisToWritable(
              sandbox, sandbox.master()::kill, () -> promote(sessions.getFirst(), mariaDb));
      for (Connection session : sessions) {
        session.close();
      }
      return millis;
    }
  }

  private static void promote(Connection session, boolean mariaDb) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute("STOP SLAVE");
      statement.execute("RESET SLAVE ALL");
      statement.execute("SET GLOBAL read_only = " + (mariaDb ? "0" : "OFF"));
    }
  }

  private interface Action {
    void run() throws SQLException;
  }

  private static long millisToWritable(Sandbox sandbox, Runnable kill, Action afterwards)
      throws SQLException {
    List<Connection> sessions = new ArrayList<>();
    for (SandboxServer replica : sandbox.replicas()) {
      sessions.add(replica.connect(Account.ADMIN));
    }
    try {
      kill.run();
      long killed = System.nanoTime();
      afterwards.run();
      long limit = killed + Duration.ofMinutes(3).toNanos();
      while (System.nanoTime() < limit) {
        for (Connection session : sessions) {
          if (isWritable(session)) {
            return (System.nanoTime() - killed) / 1_000_000;
          }
        }
      }
      throw new IllegalStateException("No server became writable within three minutes");
    } finally {
      for (Connection session : sessions) {
        session.close();
      }
    }
  }

  private static boolean isWritable(Connection session) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@global.read_only")) {
      return row.next() && row.getInt(1) == 0;
    }
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
