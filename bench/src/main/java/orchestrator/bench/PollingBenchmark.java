package orchestrator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
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
 * What polling each second costs the manager and the servers, and how fast the API answers
 * meanwhile. The probes are counted at the servers: by the replica status statements they got.
 */
@Command(name = "polling", mixinStandardHelpOptions = true)
public final class PollingBenchmark implements Callable<Integer> {
  @Option(names = "--servers", defaultValue = "mysql-8.0", description = "kind of servers")
  String kind = "mysql-8.0";

  @Option(names = "--replicas", defaultValue = "9")
  int replicas = 9;

  @Option(names = "--warm-up", defaultValue = "60", description = "seconds")
  int warmUpSeconds = 60;

  @Option(names = "--measure", defaultValue = "60", description = "seconds")
  int measureSeconds = 60;

  public static void main(String[] args) {
    System.exit(new CommandLine(new PollingBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("orchestrator-bench-");
    SandboxSpec spec = SandboxSpec.masterAndReplicas(ServerKind.ofLabel(kind), replicas).tuned();
    try (Sandbox sandbox = Sandbox.start(spec)) {
      Duration idle = serverCpu(sandbox.servers(), Duration.ofSeconds(measureSeconds));
      try (ManagerUnderTest manager = ManagerUnderTest.start(folder, 1)) {
        System.out.printf("start to first answer  %d ms%n", manager.toFirstAnswer().toMillis());
        manager.discover(sandbox.master());
        manager.awaitKnown(sandbox.servers());
        Thread.sleep(Duration.ofSeconds(warmUpSeconds));
        measure(sandbox, manager, idle);
      }
    }
    return 0;
  }

  private void measure(Sandbox sandbox, ManagerUnderTest manager, Duration idle)
      throws IOException, InterruptedException, SQLException {
    long probesBefore = probes(sandbox.servers());
    Duration managerBefore = manager.cpuTime();
    Duration busy = serverCpu(sandbox.servers(), Duration.ofSeconds(measureSeconds));
    Duration managerUsed = manager.cpuTime().minus(managerBefore);
    long probes = probes(sandbox.servers()) - probesBefore;
    System.out.printf("probes  %d in %d s, of %d servers%n", probes, measureSeconds, replicas + 1);
    System.out.printf("manager CPU per probe  %.2f ms%n", managerUsed.toNanos() / 1e6 / probes);
    System.out.printf(
        "server CPU per probe  %.2f ms (used %d ms, %d ms without a manager)%n",
        busy.minus(idle).toNanos() / 1e6 / probes, busy.toMillis(), idle.toMillis());
    System.out.printf("resident memory  %d MiB%n", manager.residentMebibytes());
    for (String path : List.of("lb-check", "replication-analysis", "all-instances")) {
      manager.requestMillis(path, 2000);
      double[] millis = manager.requestMillis(path, 2000);
      System.out.printf("GET %-22s p50 %.2f ms  p99 %.2f ms%n", path, millis[1000], millis[1980]);
    }
  }

  /** Processor time that the servers use in a while. */
  private static Duration serverCpu(List<SandboxServer> servers, Duration time)
      throws IOException, InterruptedException {
    Duration before = totalCpu(servers);
    Thread.sleep(time);
    return totalCpu(servers).minus(before);
  }

  private static Duration totalCpu(List<SandboxServer> servers) throws IOException {
    Duration total = Duration.ZERO;
    for (SandboxServer server : servers) {
      total = total.plus(ManagerUnderTest.cpuTime(server.pid().orElseThrow()));
    }
    return total;
  }

  private static long probes(List<SandboxServer> servers) throws SQLException {
    long total = 0;
    for (SandboxServer server : servers) {
      try (Connection session = server.connect(Account.ADMIN);
          Statement statement = session.createStatement();
          ResultSet row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Com_show_%_status'")) {
        while (row.next()) {
          String name = row.getString(1);
          if (name.equals("Com_show_slave_status")) {
            total += row.getLong(2);
          }
        }
      }
    }
    return total;
  }
}
