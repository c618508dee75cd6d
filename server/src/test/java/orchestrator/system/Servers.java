package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;

/** What tests do to servers, and ask them. They are asked directly, never through the manager. */
final class Servers {
  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS app.ledger (n INT PRIMARY KEY) ENGINE=InnoDB";

  private Servers() {}

  /** A table to write to, on all servers. */
  static void createLedger(Sandbox sandbox) {
    sandbox.master().sql("CREATE DATABASE IF NOT EXISTS app", TABLE);
    sandbox.awaitCaughtUp(Duration.ofSeconds(20));
  }

  /**
   * As at the start, whatever happened: everything replicates as the specification says, the first
   * server alone takes writes; no server has any transaction but those that make the empty ledger.
   */
  static void reset(Sandbox sandbox) {
    reset(sandbox, SandboxServer::replicateFrom);
  }

  /** The same by file and position. */
  static void resetByPosition(Sandbox sandbox) {
    reset(sandbox, SandboxServer::replicateByPositionFrom);
  }

  private static void reset(Sandbox sandbox, BiConsumer<SandboxServer, SandboxServer> pointAt) {
    for (SandboxServer server : sandbox.servers()) {
      server.resume();
      server.start();
    }
    for (SandboxServer server : sandbox.servers()) {
      server.sql(
          "STOP SLAVE",
          "RESET SLAVE ALL",
          "SET GLOBAL read_only=1",
          "DROP DATABASE IF EXISTS app",
          "RESET MASTER");
      if (server.kind().isMariaDb()) {
        server.sql("SET GLOBAL gtid_slave_pos=''");
      }
    }
    sandbox.master().sql("SET GLOBAL read_only=0");
    for (SandboxSpec.Node node : sandbox.spec().servers()) {
      if (node.master().isPresent()) {
        SandboxServer replica = sandbox.server(node.name());
        pointAt.accept(replica, sandbox.server(node.master().get()));
        replica.awaitReplicating(Duration.ofSeconds(30));
      }
    }
    createLedger(sandbox);
  }

  static void write(SandboxServer server, int number) {
    server.sql("INSERT INTO app.ledger VALUES (" + number + ")");
  }

  static List<String> ledgerOf(SandboxServer server) {
    return server.query("SELECT n FROM app.ledger ORDER BY n").stream()
        .map(row -> row.get("n"))
        .toList();
  }

  static boolean isReadOnly(SandboxServer server) {
    return !server.value("SELECT @@global.read_only").orElse("").matches("0|OFF");
  }

  /** Of the servers that run: which of them an application could write to. */
  static List<SandboxServer> writable(Sandbox sandbox) {
    return sandbox.servers().stream()
        .filter(server -> server.state() == SandboxServer.State.RUNNING)
        .filter(server -> !isReadOnly(server))
        .toList();
  }

  /** Its threads do not run, or it does not know from whom it is to replicate. */
  static boolean isStopped(SandboxServer replica) {
    return !"Yes".equals(replica.replicaStatus().get("Slave_SQL_Running"))
        || "No".equals(replica.replicaStatus().get("Slave_IO_Running"));
  }

  static boolean replicatesFrom(SandboxServer replica, SandboxServer master) {
    return replica.isReplicating()
        && Integer.toString(master.port()).equals(replica.replicaStatus().get("Master_Port"));
  }

  /** One server takes writes, all others that run replicate from it, and a write arrives. */
  static void assertOneMaster(Sandbox sandbox, SandboxServer master) {
    assertThat(writable(sandbox)).containsExactly(master);
    List<SandboxServer> replicas =
        sandbox.servers().stream()
            .filter(server -> server != master && server.state() == SandboxServer.State.RUNNING)
            .toList();
    for (SandboxServer replica : replicas) {
      await(replica + " replicates from " + master)
          .atMost(Duration.ofSeconds(20))
          .until(() -> replicatesFrom(replica, master));
    }
    master.sql(Account.ADMIN, "CREATE DATABASE IF NOT EXISTS app", TABLE);
    master.sql(Account.APPLICATION, "REPLACE INTO app.ledger VALUES (424242)");
    replicas.forEach(replica -> replica.awaitCaughtUpWith(master, Duration.ofSeconds(20)));
  }
}
