package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.Requester;
import orchestrator.server.http.ApiServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, without a running manager and beside one. */
class CommandLineTest {
  /** Nothing listens there. */
  private static final String SERVER = "127.0.0.1:1";

  @TempDir Path folder;
  private Path file;

  record Run(int exit, String out, String err) {}

  @BeforeEach
  void configure() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    file = folder.resolve("orchestrator.conf.json");
    Files.writeString(
        file,
        """
        {"BackendDB": "sqlite", "SQLite3DataFile": "%s", "ListenAddress": "127.0.0.1:%d",
         "MySQLTopologyUser": "nobody", "MySQLTopologyPassword": "none", "MySQLConnectTimeoutSeconds": 1}
        """
            .formatted(folder.resolve("state.sqlite3"), port));
  }

  private Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--config=" + file));
    all.addAll(List.of(arguments));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        Main.run(
            all.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Run(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private void prints(String expected, String... arguments) {
    Run run = run(arguments);
    assertThat(run.out()).as(run.err()).isEqualTo(expected);
    assertThat(run.exit()).as(run.err()).isZero();
  }

  private Run fails(String... arguments) {
    Run run = run(arguments);
    assertThat(run.exit()).as(run.out()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(" FATAL ");
    return run;
  }

  @Test
  void withoutAManagerTheStateIsKeptBetweenCommands() {
    prints("OK: Orchestrator recoveries DISABLED globally\n", "-c", "disable-global-recoveries");
    prints("OK: Global recoveries disabled: true\n", "-c", "check-global-recoveries");
    fails("-c", "discover", "-i", SERVER);
    prints(SERVER + "\n", "-c", "all-instances");
    prints(SERVER + "\n", "-c", "tag", "-i", SERVER, "--tag", "role=a/b c");
    prints("role=a/b c\n", "-c", "tags", "-i", SERVER);
    prints(SERVER + "\n", "-c", "untag-all", "--tag", "role=a/b c");
    prints("", "-c", "tag-value", "-i", SERVER, "--tag", "role");
  }

  @Test
  void aPoolGetsAllServersAtOnce() {
    fails("-c", "discover", "-i", SERVER);
    fails("-c", "submit-pool-instances", "-i", SERVER);
    prints("", "-c", "submit-pool-instances", "--pool", "app", "-i", SERVER + ",127.0.0.9:1");
    prints(SERVER + "\t" + SERVER + "\tapp\t" + SERVER + "\n", "-c", "cluster-pool-instances");
    prints("", "-c", "which-heuristic-cluster-pool-instances", "--alias", SERVER);
  }

  @Test
  void aCommandRunsForEachServerInOrder() {
    fails("-c", "discover", "-i", SERVER);
    fails("-c", "discover", "-i", "127.0.0.2:1");
    prints(
        "127.0.0.2:1\n127.0.0.1:1\n",
        "-c",
        "begin-downtime",
        "-i",
        "127.0.0.2:1, 127.0.0.1:1",
        "--reason",
        "moves to rack 5/6",
        "--duration",
        "2h");
    prints("127.0.0.1:1\n", "-c", "end-downtime", "-i", SERVER);
    prints("127.0.0.2:1\n", "-c", "which-downtimed-instances");
  }

  @Test
  void aChangeNeverGuessesWhichServerWasMeant() {
    fails("-c", "discover", "-i", "localhost:1");
    prints("localhost:1\n", "-c", "which-instance", "-i", "localhos:1");
    assertThat(fails("-c", "forget", "-i", "localhos:1").err()).contains("localhost:1?");
    assertThat(fails("-c", "forget").err()).contains("-i is required");
    assertThat(fails("-c", "set-read-only", "-i", "not a host").err()).contains("FATAL");
    prints("localhost:1\n", "-c", "all-instances");
  }

  @Test
  void anUnknownCommandIsFatalAndShowsWhichThereAre() {
    Run run = fails("-c", "no-such-command");
    assertThat(run.err()).contains("no-such-command").contains("topology-tabulated");
  }

  @Test
  void synonymsRunTheCommandTheyStandFor() {
    assertThat(fails("-c", "detach-slave", "-i", SERVER).err()).contains(SERVER);
    assertThat(LocalCommands.help("detach-slave")).startsWith("detach-replica-master-host:");
  }

  @Test
  void aClusterThatDoesNotExistIsAnError() {
    fails("-c", "which-cluster", "-alias", "nothing");
    prints("\n", "-c", "clusters");
  }

  @Test
  void aRunningManagerCarriesOutTheCommand() throws IOException {
    Configuration configuration = configuration();
    InstantSource clock = InstantSource.system();
    Settings settings = new Settings(configuration);
    try (Wiring wiring =
            Wiring.open(
                configuration, Service.node(configuration, Version.current(), clock), clock);
        ApiServer api =
            ApiServer.start(
                settings.http(), settings.views(), wiring.manager().operations(), clock)) {
      assertThat(api.port()).isPositive();
      prints("OK: Orchestrator recoveries DISABLED globally\n", "-c", "disable-global-recoveries");
      assertThat(wiring.manager().operations().world().state().recoveriesEnabled()).isFalse();
      prints("0 recoveries acknowledged\n", "-c", "ack-all-recoveries", "--reason", "seen them");
    }
  }

  private Configuration configuration() {
    ConfigurationResult result = ConfigurationLoader.load(List.of(file), Map.of());
    assertThat(result).isInstanceOf(ConfigurationResult.Loaded.class);
    return ((ConfigurationResult.Loaded) result).configuration();
  }

  @Test
  void theNumbersOfAManagerCountItsProbes() throws IOException {
    Configuration configuration = configuration();
    InstantSource clock = InstantSource.system();
    try (Wiring wiring =
            Wiring.open(
                configuration, Service.node(configuration, Version.current(), clock), clock);
        ManagerMetrics metrics = new ManagerMetrics(wiring.manager(), Optional.empty())) {
      var operations = wiring.manager().operations();
      var _ = operations.discover(new InstanceKey("127.0.0.1", 1), new Requester("test"));
      assertThat(metrics.scrape().lines())
          .contains(
              "orchestrator_instances_known 1.0",
              "orchestrator_is_leader 1.0",
              "orchestrator_is_healthy 1.0",
              "orchestrator_recoveries_started_total 0.0")
          .anyMatch(line -> line.matches("orchestrator_discoveries_fail_total [1-9].*"));
    }
  }
}
