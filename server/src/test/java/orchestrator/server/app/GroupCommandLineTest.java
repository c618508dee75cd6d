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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.http.ApiServer;
import orchestrator.server.http.NodeServices;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of a node that belongs to a group. */
class GroupCommandLineTest {
  @TempDir Path folder;
  private Path state;
  private Configuration configuration;

  record Run(int exit, String out, String err) {}

  @BeforeEach
  void configure() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    state = folder.resolve("state.sqlite3");
    Path file = folder.resolve("orchestrator.conf.json");
    Files.writeString(
        file,
        """
        {"BackendDB": "sqlite", "SQLite3DataFile": "%s", "ListenAddress": "127.0.0.1:%d",
         "MySQLTopologyUser": "nobody", "MySQLTopologyPassword": "none",
         "RaftEnabled": true, "RaftDataDir": "%s", "RaftBind": "127.0.0.1"}
        """
            .formatted(state, port, folder.resolve("raft")));
    configuration =
        switch (ConfigurationLoader.load(List.of(file), Map.of())) {
          case ConfigurationResult.Loaded loaded -> loaded.configuration();
          case ConfigurationResult.Refused refused -> refused.configuration();
          case ConfigurationResult.Invalid invalid -> throw new AssertionError(invalid.errors());
        };
  }

  private Run run(String command, String... arguments) {
    Arguments parsed = new Arguments();
    parsed.parser().parseArgs(arguments);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        LocalCommands.run(
            command,
            parsed,
            configuration,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Run(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The node runs and leads. */
  private ApiServer serve(Wiring wiring) throws IOException {
    return serve(wiring, FakeGroup.node(1).leads("http://n1.example:3000"));
  }

  private ApiServer serve(Wiring wiring, FakeGroup group) throws IOException {
    Settings settings = new Settings(configuration);
    return ApiServer.start(
        settings.http(),
        settings.views(),
        wiring.manager().operations(),
        NodeServices.NONE,
        Optional.of(group),
        InstantSource.system());
  }

  private Wiring standalone() throws IOException {
    InstantSource clock = InstantSource.system();
    return Wiring.open(configuration, Service.node(configuration, Version.current(), clock), clock);
  }

  @Test
  void aChangeIsRefusedAndTheClientIsNamed() {
    Run run = run("begin-downtime", "-i", "127.0.0.1:1", "--reason", "x", "--duration", "1h");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(" FATAL ")
        .contains("orchestrator-client -c begin-downtime")
        .contains("--ignore-raft-setup");
    assertThat(state).doesNotExist();
  }

  @Test
  void aChangeIsRefusedAlsoWhileTheNodeRuns() throws IOException {
    try (Wiring wiring = standalone();
        ApiServer api = serve(wiring)) {
      assertThat(api.port()).isPositive();
      assertThat(run("disable-global-recoveries").exit()).isEqualTo(1);
      assertThat(wiring.manager().operations().world().state().recoveriesEnabled()).isTrue();
    }
  }

  @Test
  void aLookIsAnsweredByTheRunningNode() throws IOException {
    try (Wiring wiring = standalone();
        ApiServer api = serve(wiring)) {
      assertThat(api.port()).isPositive();
      assertThat(run("check-global-recoveries"))
          .isEqualTo(new Run(0, "OK: Global recoveries disabled: false\n", ""));
    }
  }

  @Test
  void theGroupItselfIsChangedByTheRunningNode() throws IOException {
    FakeGroup group = FakeGroup.node(1).leads("http://n1.example:3000");
    try (Wiring wiring = standalone();
        ApiServer api = serve(wiring, group)) {
      assertThat(api.port()).isPositive();
      assertThat(run("raft-state")).isEqualTo(new Run(0, "Leader\n", ""));
      assertThat(run("raft-leader")).isEqualTo(new Run(0, "10.0.0.1:10008\n", ""));
      assertThat(run("raft-peers").out()).contains("10.0.0.2:10008\n");
      assertThat(run("raft-health")).isEqualTo(new Run(0, "healthy\n", ""));
      assertThat(run("raft-yield", "--hostname", "n2").out()).isEqualTo("Yielded to n2\n");
      assertThat(run("raft-yield-hint", "--hostname", "3").out()).isEqualTo("Yielded to n3\n");
      assertThat(run("raft-reelect").exit()).isZero();
      assertThat(run("raft-add-peer", "--hostname", "n4=10.0.0.4:10008").out())
          .isEqualTo("10.0.0.4:10008\n");
      assertThat(run("raft-remove-peer", "--hostname", "n2").out()).isEqualTo("10.0.0.2:10008\n");
      assertThat(run("raft-snapshot").exit()).isZero();
      assertThat(group.asked)
          .containsExactly(
              "yield to n2",
              "yield to hint 3",
              "step down",
              "add n4=10.0.0.4:10008",
              "remove n2",
              "snapshot");

      assertThat(run("raft-yield").err()).contains("--hostname is required");
      assertThat(run("raft-remove-peer", "--hostname", "n9").err()).contains("No such node: n9");
    }
  }

  @Test
  void aLookAtANodeThatDoesNotRunIsRefusedAndTouchesNothing() {
    Run run = run("clusters");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("does not run").contains("orchestrator-client");
    assertThat(state).doesNotExist();
  }

  @Test
  void whoInsistsChangesThisNodeAlone() {
    assertThat(run("disable-global-recoveries", "--ignore-raft-setup").exit()).isZero();
    assertThat(run("check-global-recoveries", "--ignore-raft-setup").out())
        .isEqualTo("OK: Global recoveries disabled: true\n");
  }

  @Test
  void everyCommandThatOnlyLooksIsKnownToDoNothingElse() {
    assertThat(
            CommandTable.standard().all().stream()
                .filter(command -> !command.changes())
                .map(CliCommand::name)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "find",
            "search",
            "clusters",
            "clusters-alias",
            "all-clusters-masters",
            "all-instances",
            "bulk-instances",
            "topology",
            "topology-tabulated",
            "topology-tags",
            "instance-status",
            "which-instance",
            "which-master",
            "which-replicas",
            "is-replicating",
            "is-replication-stopped",
            "which-gtid-errant",
            "which-downtimed-instances",
            "which-lost-in-recovery",
            "which-cluster",
            "which-cluster-alias",
            "which-cluster-domain",
            "which-cluster-master",
            "which-cluster-instances",
            "which-cluster-osc-replicas",
            "in-maintenance",
            "bulk-promotion-rules",
            "show-unresolve-hosts",
            "tags",
            "tag-value",
            "tagged",
            "cluster-pool-instances",
            "which-heuristic-cluster-pool-instances",
            "replication-analysis",
            "recovery-plan",
            "explain",
            "demoted-masters",
            "kept-read-only",
            "recovery-brakes",
            "blocked-recoveries",
            "check-global-recoveries",
            // These change the group, not what it agreed on.
            "raft-state",
            "raft-leader",
            "raft-health",
            "raft-peers",
            "raft-yield",
            "raft-yield-hint",
            "raft-reelect",
            "raft-add-peer",
            "raft-remove-peer",
            "raft-snapshot");
  }
}
