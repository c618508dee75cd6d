package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.program.Run;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Planned takeovers with servers of each kind, and from the command line. */
@Tag("long")
class TakeoverOfEachKindTest {
  private static ManagerConfiguration configuration() {
    return ManagerConfiguration.quick()
        .with("ReplicationCredentialsQuery", "SELECT 'repl' AS user, 'repl' AS password");
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void theMasterIsReplacedUnderLoadThereAndBack(ServerKind kind, @TempDir Path folder) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2))) {
      Servers.createLedger(sandbox);
      try (Managed managed = Managed.over(sandbox, folder, configuration());
          WriteLoad load = WriteLoad.on(sandbox)) {
        load.awaitWrites(50);
        replaced(managed, sandbox.server("A"), sandbox.server("B"));
        load.awaitWritesTo(sandbox.server("B"));
        replaced(managed, sandbox.server("B"), sandbox.server("A"));
        load.awaitWritesTo(sandbox.server("A"));
        load.stop();
        Servers.assertOneMaster(sandbox, sandbox.server("A"));
        assertThat(Servers.ledgerOf(sandbox.server("A"))).containsAll(load.acknowledged());
      }
    }
  }

  static void replaced(Managed managed, SandboxServer old, SandboxServer next) {
    String cluster = managed.topology().clusterNameOf(keyOf(old)).orElseThrow();
    RecoveryTicket ticket =
        TakeoverTest.done(
            managed.operations().takeOver(cluster, Optional.of(keyOf(next)), true, Managed.TESTER));
    assertThat(managed.promotedBy(ticket)).isEqualTo(next);
    assertThat(ticket.errors()).as(managed.protocolOf(ticket).toString()).isEmpty();
    await("the old master is a replica, and known as such")
        .atMost(Managed.LIMIT)
        .until(() ->
            managed.state().demoted().isEmpty()
                && managed
                    .topology()
                    .find(keyOf(old))
                    .flatMap(server -> server.sourceKey())
                    .filter(keyOf(next)::equals)
                    .isPresent());
  }

  @Test
  void aCommandBesideARunningManagerTakesOver(@TempDir Path folder) throws Exception {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 1));
        var free = new java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      Servers.createLedger(sandbox);
      SandboxServer replica = sandbox.replicas().getFirst();
      Path file =
          configuration().with("ListenAddress", "127.0.0.1:" + free.getLocalPort()).write(folder);
      free.close();
      Path log = folder.resolve("manager.log");
      try (ChildManager manager = ChildManager.program(log, "--config=" + file, "http")) {
        await("it serves")
            .atMost(Duration.ofSeconds(60))
            .until(() -> Files.readString(log).contains("serves http://"));
        command(folder, file, "discover", sandbox.master());
        await("the replica is known")
            .atMost(Managed.LIMIT)
            .until(() ->
                command(folder, file, "topology", sandbox.master())
                    .out()
                    .contains(replica.address()));
        String name = "graceful-master-takeover-auto";
        Run plan =
            Program.run(
                folder,
                "--config=" + file,
                "-c",
                name,
                "-i",
                sandbox.master().address(),
                "--dry-run");
        assertThat(plan.exit()).as(plan.err()).isZero();
        assertThat(Servers.writable(sandbox)).containsExactly(sandbox.master());
        Run run = command(folder, file, name, sandbox.master());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(replica.address());
        assertThat(manager.isAlive()).isTrue();
        Servers.assertOneMaster(sandbox, replica);
      }
    }
  }

  private static Run command(Path folder, Path file, String name, SandboxServer server)
      throws Exception {
    return Program.run(folder, "--config=" + file, "-c", name, "-i", server.address());
  }
}
