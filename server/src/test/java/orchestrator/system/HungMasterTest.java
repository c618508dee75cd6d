package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.network.Network;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are silent and keep their connections open. */
@Tag("long")
class HungMasterTest {
  /** {@code slave_net_timeout} as servers come: only then replicas say that they hear nothing. */
  private static final Duration SERVERS_OWN_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void hungMasterIsReplacedBeforeItsReplicasSayThatTheyHearNothing(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 3).defaults())) {
      Servers.createLedger(sandbox);
      try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
        SandboxServer master = sandbox.master();
        Servers.write(master, 1);
        RecoveryTicket ticket = freeze(managed, master);
        SandboxServer promoted = managed.promotedBy(ticket);
        assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
        assertThat(Servers.ledgerOf(promoted)).containsExactly("1");
        Servers.assertOneMaster(sandbox, promoted);

        master.resume();
        await("it is set read-only")
            .atMost(Managed.LIMIT)
            .until(() -> Servers.writable(sandbox).equals(List.of(promoted)));
      }
    }
  }

  /**
   * As a heartbeat table would tell, before the servers themselves notice. MariaDB's would discard
   * their relay logs.
   */
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void replicasThatLagBehindASilentMasterAreMadeToConnectAnew(ServerKind kind) throws IOException {
    Path audit = folder.resolve("audit.log");
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("AuditLogFile", audit.toString())
            .with("ReplicationLagQuery", "SELECT 1000");
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2).defaults());
        Managed managed = Managed.over(sandbox, folder, configuration)) {
      SandboxServer master = sandbox.master();
      RecoveryTicket ticket = freeze(managed, master);
      Servers.assertOneMaster(sandbox, managed.promotedBy(ticket));
      List<String> restarted =
          Files.readAllLines(audit).stream()
              .filter(line -> line.contains("emergently-restart-replication-topology-instance"))
              .toList();
      for (SandboxServer replica : sandbox.replicas()) {
        assertThat(restarted.stream().filter(line -> line.contains("\t" + replica.port() + "\t")))
            .hasSize(kind.isMariaDb() ? 0 : 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerKind.class,
      names = {"MYSQL_8_0", "MARIADB_11_4"})
  void replicasOfAHungIntermediateMasterGoOnElsewhereAsSoon(ServerKind kind) {
    SandboxSpec spec = SandboxSpec.shape(kind, "s1>s2", "s1>s3", "s2>s4", "s2>s5").defaults();
    try (Sandbox sandbox = Sandbox.start(spec)) {
      Servers.createLedger(sandbox);
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with("RecoverIntermediateMasterClusterFilters", List.of("*"));
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        SandboxServer hung = sandbox.server("s2");
        RecoveryTicket ticket = freeze(managed, hung);
        assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED))
            .containsExactly(keyOf(sandbox.server("s4")), keyOf(sandbox.server("s5")));
        assertThat(Servers.writable(sandbox)).containsExactly(sandbox.master());
      }
    }
  }

  /** Lets a server hang, and waits for its recovery. */
  private static RecoveryTicket freeze(Managed managed, SandboxServer server) {
    Instant frozen = Instant.now();
    server.freeze();
    RecoveryTicket ticket =
        await("a recovery of " + server + " has ended")
            .atMost(LIMIT)
            .until(
                () ->
                    managed.state().recoveries().values().stream()
                        .filter(t -> t.failed().equals(keyOf(server)) && !t.isOpen())
                        .toList(),
                ended -> !ended.isEmpty())
            .getFirst();
    Duration took = Duration.between(frozen, ticket.ended().orElseThrow());
    System.out.printf(
        "%s: recovery began %d ms after the server hung, and took %d ms%n",
        server.kind(),
        Duration.between(frozen, ticket.started()).toMillis(),
        Duration.between(ticket.started(), ticket.ended().orElseThrow()).toMillis());
    assertThat(took).isLessThan(SERVERS_OWN_TIMEOUT);
    return ticket;
  }

  /** The processes that run in the midst of it are told to wake the master. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OnFailureDetectionProcesses",
        "PreFailoverProcesses",
        "PostMasterFailoverProcesses"
      })
  void masterThatWakesInTheMidstOfItsRecoveryLeavesOneThatTakesWrites(String processes) {
    SandboxSpec spec = SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 3);
    try (Sandbox sandbox = Sandbox.start(spec)) {
      Servers.createLedger(sandbox);
      SandboxServer master = sandbox.master();
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with(processes, List.of("kill -CONT " + master.pid().orElseThrow()));
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        master.freeze();
        SandboxServer promoted = managed.promotedBy(managed.awaitRecoveryOf(master));
        master.resume();
        await("one server takes writes")
            .atMost(Managed.LIMIT)
            .until(() -> Servers.writable(sandbox).equals(List.of(promoted)));
        for (SandboxServer replica : sandbox.replicas()) {
          if (replica != promoted) {
            await(replica + " replicates from " + promoted)
                .atMost(Managed.LIMIT)
                .until(() -> Servers.replicatesFrom(replica, promoted));
          }
        }
        assertThat(managed.recoveries()).hasSize(1);
      }
    }
  }

  /** With tuned servers: there a heartbeat is missed after a second. */
  @Test
  void masterThatOnlyTheManagerCannotReachIsKept() {
    assumeTrue(Network.isPermitted(), "networks need root");
    try (Network network = Network.of("manager", "master", "replicas")) {
      SandboxSpec spec =
          SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2)
              .place("A", network.site("master").place())
              .place("B", network.site("replicas").place())
              .place("C", network.site("replicas").place());
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with("ClusterNameToAlias", java.util.Map.of("10[.]93[.]", "shop"));
      try (Sandbox sandbox = Sandbox.start(spec);
          ManagerGroup group =
              ManagerGroup.placed(List.of(network.site("manager").place()), folder, configuration)
                  .startAll()) {
        Node manager = group.leader();
        awaitKnown(group, manager, sandbox);
        network.cut("manager", "master");
        await("it is missed")
            .atMost(LIMIT)
            .until(() -> group.get(manager, "replication-analysis").body().contains("Unreachable"));
        // As many heartbeats as would be missed ten times over.
        await()
            .during(Duration.ofSeconds(20))
            .atMost(LIMIT)
            .until(() -> group.get(manager, "audit-recovery").body().strip().equals("[]"));
        assertThat(group.get(manager, "replication-analysis").body()).contains("UnreachableMaster");
        assertThat(Servers.writable(sandbox)).containsExactly(sandbox.master());
        network.heal();
      }
    }
  }

  private static void awaitKnown(ManagerGroup group, Node manager, Sandbox sandbox) {
    String master = sandbox.master().host() + "/" + sandbox.master().port();
    await("discovered").atMost(LIMIT).until(() -> group.get(manager, "discover/" + master).isOk());
    await("all are seen")
        .atMost(LIMIT)
        .until(() ->
            DataCentres.rows(group.get(manager, "cluster/instance/" + master)).stream()
                    .filter(row -> row.path("IsLastCheckValid").asBoolean(false))
                    .count()
                == sandbox.servers().size());
  }
}
