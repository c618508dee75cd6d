package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masters that are alive, and not as they should be; and co-masters. */
class RepairsTest {
  @TempDir Path folder;

  @Test
  void readOnlyMasterIsMadeWritableAndItsDeathIsRecoveredFromAtOnce() {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 1))) {
      ManagerConfiguration configuration =
          ManagerConfiguration.quick().with("RecoverNonWriteableMaster", true);
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        SandboxServer master = sandbox.master();
        master.sql("SET GLOBAL read_only=1");
        RecoveryTicket repair = managed.awaitRecoveryOf(master);
        assertThat(managed.promotedBy(repair)).isEqualTo(master);
        assertThat(Servers.writable(sandbox)).containsExactly(master);

        master.kill();
        SandboxServer replica = sandbox.replicas().getFirst();
        await()
            .atMost(Managed.LIMIT)
            .until(() -> Servers.writable(sandbox), List.of(replica)::equals);
      }
    }
  }

  @Tag("long")
  @Test
  void deadCoMasterIsReplacedByTheOther() {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.coMasters(ServerKind.MYSQL_8_0, 2))) {
      Servers.createLedger(sandbox);
      try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
        SandboxServer dead = sandbox.server("A");
        SandboxServer other = sandbox.server("B");
        dead.kill();
        RecoveryTicket ticket = managed.awaitRecoveryOf(dead);
        assertThat(managed.promotedBy(ticket)).isEqualTo(other);
        for (String replica : List.of("C", "D")) {
          await()
              .atMost(Managed.LIMIT)
              .until(() -> Servers.replicatesFrom(sandbox.server(replica), other));
        }
        assertThat(Servers.writable(sandbox)).containsExactly(other);
        assertThat(managed.state().keyValues().get("mysql/master/" + ManagerConfiguration.ALIAS))
            .satisfies(value -> assertThat(value.value()).isEqualTo(other.address()));
        dead.start();
        await("it comes back read-only")
            .atMost(Managed.LIMIT)
            .until(() -> Servers.isReadOnly(dead));
        assertThat(Servers.writable(sandbox)).containsExactly(other);
      }
    }
  }

  @Tag("long")
  @Test
  void lockedSemiSyncMasterGetsAReplicaThatAcknowledges() {
    try (Sandbox sandbox =
        Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MARIADB_11_4, 2))) {
      Servers.createLedger(sandbox);
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with("DetectSemiSyncEnforcedQuery", "SELECT 5")
              .with("RecoverLockedSemiSyncMaster", true)
              .with("ReasonableLockedSemiSyncMasterSeconds", 2);
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        SandboxServer master = sandbox.master();
        master.sql(
            "SET GLOBAL rpl_semi_sync_master_timeout=3600000",
            "SET GLOBAL rpl_semi_sync_master_enabled=1");
        RecoveryTicket ticket = managed.awaitRecoveryOf(master);
        assertThat(managed.promotedBy(ticket)).isEqualTo(master);
        await("a write is acknowledged")
            .atMost(Managed.LIMIT)
            .until(() ->
                master
                    .query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_clients'")
                    .getFirst()
                    .containsValue("1"));
        Servers.write(master, 1);
        assertThat(managed.state().demoted()).doesNotContainKey(keyOf(master));
      }
    }
  }
}
