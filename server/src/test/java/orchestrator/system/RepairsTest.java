package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void deadCoMasterIsReplacedByTheOther(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.coMasters(kind, 2))) {
      Servers.createLedger(sandbox);
      try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
        SandboxServer dead = sandbox.server("A");
        SandboxServer other = sandbox.server("B");
        Servers.write(dead, 1);
        sandbox.awaitCaughtUp(Duration.ofSeconds(20));
        other.sql("STOP SLAVE IO_THREAD");
        Servers.write(dead, 2); // only the replicas get it: the other one gets it from them
        for (String replica : List.of("C", "D")) {
          sandbox.server(replica).awaitCaughtUpWith(dead, Duration.ofSeconds(20));
        }
        dead.kill();
        RecoveryTicket ticket = managed.awaitRecoveryOf(dead);
        assertThat(managed.promotedBy(ticket)).isEqualTo(other);
        assertThat(Servers.ledgerOf(other)).containsExactly("1", "2");
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
        awaitAcknowledging(master, 1);
        Servers.write(master, 1);
        assertThat(managed.state().demoted()).doesNotContainKey(keyOf(master));
      }
    }
  }

  @Tag("long")
  @Test
  void ofTooManyReplicasThatAcknowledgeSomeAreSwitchedOff() {
    try (Sandbox sandbox =
        Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MARIADB_11_4, 3))) {
      Servers.createLedger(sandbox);
      SandboxServer master = sandbox.master();
      master.sql("SET GLOBAL rpl_semi_sync_master_enabled=1");
      for (SandboxServer replica : sandbox.replicas()) {
        replica.sql(
            "SET GLOBAL rpl_semi_sync_slave_enabled=1",
            "STOP SLAVE IO_THREAD",
            "START SLAVE IO_THREAD");
      }
      awaitAcknowledging(master, 3);
      SandboxServer preferred = sandbox.server("C");
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with(
                  "DetectSemiSyncEnforcedQuery",
                  "SELECT IF(@@port = %d, 2, 1)".formatted(preferred.port()))
              .with("EnforceExactSemiSyncReplicas", true);
      // It is a finding from the beginning: the picture is never clean.
      try (Managed managed = Managed.seeded(sandbox, folder, configuration)) {
        RecoveryTicket ticket = managed.awaitRecoveryOf(master);
        assertThat(ticket.successful()).as("%s", ticket.errors()).isTrue();
        awaitAcknowledging(master, 1);
        Servers.write(master, 1);
        assertThat(preferred.value("SELECT @@global.rpl_semi_sync_slave_enabled")).contains("1");
        sandbox.awaitCaughtUp(Duration.ofSeconds(20));
      }
    }
  }

  private static void awaitAcknowledging(SandboxServer master, int replicas) {
    await(replicas + " acknowledge")
        .atMost(Managed.LIMIT)
        .until(() ->
            master
                .query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_clients'")
                .getFirst()
                .containsValue(String.valueOf(replicas)));
  }
}
