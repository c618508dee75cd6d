package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import orchestrator.core.relocation.ServerAction;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose commits wait for whom, once another server is the master. MariaDB has it built in. */
class SemiSyncTakeoverTest {
  /** How long a commit waits for an acknowledgement: beyond all limits of this test. */
  private static final Duration WAITS = Duration.ofMinutes(10);

  @Test
  void aFormerMasterAcknowledgesAndWaitsForNobody(@TempDir Path folder) {
    try (Sandbox sandbox =
        Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MARIADB_11_4, 1))) {
      Servers.createLedger(sandbox);
      SandboxServer old = sandbox.master();
      SandboxServer next = sandbox.replicas().getFirst();
      for (SandboxServer server : sandbox.servers()) {
        server.sql("SET GLOBAL rpl_semi_sync_master_timeout=" + WAITS.toMillis());
      }
      next.sql("SET GLOBAL rpl_semi_sync_slave_enabled=1", "STOP SLAVE", "START SLAVE");
      old.sql("SET GLOBAL rpl_semi_sync_master_enabled=1");
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with("DetectSemiSyncEnforcedQuery", "SELECT 5")
              .with("ReplicationCredentialsQuery", "SELECT 'repl' AS user, 'repl' AS password");
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        TakeoverOfEachKindTest.replaced(managed, old, next);
        awaitAcknowledgement(old);
        Servers.write(next, 1);
        assertThat(status(next, "master_yes_tx")).isEqualTo("1");
        assertThat(status(next, "master_no_tx")).isEqualTo("0");
        assertThat(isMasterSideOn(next)).isTrue();
        assertThat(isMasterSideOn(old)).isFalse();

        old.sql(
            "STOP SLAVE",
            "SET GLOBAL rpl_semi_sync_slave_enabled=0",
            "SET GLOBAL rpl_semi_sync_master_enabled=1");
        assertThat(
                managed
                    .operations()
                    .perform(new ServerAction.StartReplication(keyOf(old)), Managed.TESTER))
            .isInstanceOf(Outcome.Ok.class);
        awaitAcknowledgement(old);
        assertThat(isMasterSideOn(old)).isFalse();
      }
    }
  }

  private static void awaitAcknowledgement(SandboxServer replica) {
    await(replica + " acknowledges")
        .atMost(Managed.LIMIT)
        .until(() -> status(replica, "slave_status"), "ON"::equals);
  }

  private static String status(SandboxServer server, String name) {
    return server
        .query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_" + name + "'")
        .getFirst()
        .getOrDefault("Value", "");
  }

  private static boolean isMasterSideOn(SandboxServer server) {
    return server.value("SELECT @@global.rpl_semi_sync_master_enabled").orElse("").equals("1");
  }
}
