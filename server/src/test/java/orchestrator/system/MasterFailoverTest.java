package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState.KeyValue;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The master of a topology dies: what is left afterwards, on servers of each kind. */
class MasterFailoverTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void killedMasterIsReplacedAndStaysReadOnlyWhenItComesBack(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 3))) {
      Servers.createLedger(sandbox);
      Path audit = folder.resolve("audit.log");
      ManagerConfiguration configuration =
          ManagerConfiguration.quick().with("AuditLogFile", audit.toString());
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        SandboxServer old = sandbox.master();
        loseThreeTransactions(sandbox);
        old.kill();

        RecoveryTicket ticket = managed.awaitRecoveryOf(old);
        SandboxServer promoted = managed.promotedBy(ticket);
        assertAccounted(managed, ticket, old, promoted);
        for (SandboxServer replica : sandbox.replicas()) {
          if (replica != promoted) {
            await().atMost(Managed.LIMIT).until(() -> Servers.replicatesFrom(replica, promoted));
          }
        }
        assertThat(Servers.writable(sandbox)).containsExactly(promoted);

        old.start();
        await("the old master is set read-only")
            .atMost(Duration.ofSeconds(10))
            .until(() -> Servers.isReadOnly(old));
        assertLossIsExact(managed, ticket);
        assertThat(Servers.writable(sandbox)).containsExactly(promoted);
        assertThat(managed.recoveries()).hasSize(1);
        assertStaysReadOnly(managed, old);
        assertThat(audit)
            .content()
            .containsSubsequence(
                "recover-dead-master",
                "recovery " + ticket.uid() + " begins: DeadMaster",
                "recover-dead-master",
                "recovery " + ticket.uid() + " succeeded",
                "promoted " + promoted.address());
      }
    }
  }

  /** By {@code force-master-failover}, which nobody asks as long as the master is well. */
  @Tag("long")
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void aLivingMasterIsReplacedWhenAPersonForcesIt(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2));
        Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      Servers.createLedger(sandbox);
      Servers.write(sandbox.master(), 1);
      sandbox.awaitCaughtUp(Duration.ofSeconds(20));
      SandboxServer old = sandbox.master();
      String cluster = managed.topology().clusterNameOf(keyOf(old)).orElseThrow();

      Outcome<RecoveryTicket> outcome =
          managed.operations().forceMasterFailover(cluster, Optional.empty(), Managed.TESTER);

      assertThat(outcome).isInstanceOf(Outcome.Ok.class);
      RecoveryTicket ticket = managed.awaitRecoveryOf(old);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(Servers.writable(sandbox)).containsExactly(promoted);
      for (SandboxServer replica : sandbox.replicas()) {
        if (replica != promoted) {
          await().atMost(Managed.LIMIT).until(() -> Servers.replicatesFrom(replica, promoted));
        }
      }
      // It may be back below the new master by now: then it is no master that could be forced.
      assertThat(managed.operations().recover(keyOf(old), Optional.empty(), true, Managed.TESTER))
          .isInstanceOf(Outcome.Failed.class);
      assertThat(Servers.writable(sandbox)).containsExactly(promoted);
    }
  }

  /** By {@code recover-lite}, where nobody but a person may have a master replaced. */
  @Tag("long")
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void aDeadMasterIsReplacedWithoutProcessesWhenAPersonAsksForThat(ServerKind kind) {
    Path ran = folder.resolve("ran");
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("RecoverMasterClusterFilters", List.of())
            .with("PreFailoverProcesses", List.of("touch " + ran))
            .with("PostFailoverProcesses", List.of("touch " + ran));
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2));
        Managed managed = Managed.over(sandbox, folder, configuration)) {
      SandboxServer old = sandbox.master();
      old.kill();
      await("it is found dead")
          .atMost(Managed.LIMIT)
          .until(() ->
              managed.operations().world().diagnoses().stream()
                  .anyMatch(diagnosis -> diagnosis.code() == AnalysisCode.DEAD_MASTER));
      assertThat(managed.recoveries()).isEmpty();

      assertThat(managed.operations().recover(keyOf(old), Optional.empty(), true, Managed.TESTER))
          .isInstanceOf(Outcome.Ok.class);

      SandboxServer promoted = managed.promotedBy(managed.awaitRecoveryOf(old));
      Servers.assertOneMaster(sandbox, promoted);
      assertThat(ran).doesNotExist();
    }
  }

  private static void assertStaysReadOnly(Managed managed, SandboxServer old) {
    ServerAction wish = new ServerAction.SetReadOnly(keyOf(old), false, false);
    assertThat(managed.operations().perform(wish, Managed.TESTER))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.message()).contains("release-demoted-master"));
    assertThat(Servers.isReadOnly(old)).isTrue();
  }

  /** The replicas stop fetching for a moment, and the master takes three transactions meanwhile. */
  private static void loseThreeTransactions(Sandbox sandbox) {
    Servers.write(sandbox.master(), 1);
    sandbox.awaitCaughtUp(Duration.ofSeconds(20));
    sandbox.replicas().forEach(replica -> replica.sql("STOP SLAVE IO_THREAD"));
    List.of(2, 3, 4).forEach(number -> Servers.write(sandbox.master(), number));
  }

  private static void assertAccounted(
      Managed managed, RecoveryTicket ticket, SandboxServer old, SandboxServer promoted) {
    assertThat(ticket.fates()).hasSize(3);
    assertThat(ticket.fates().get(keyOf(promoted)))
        .extracting(ReplicaFate::kind)
        .isEqualTo(ReplicaFate.Kind.PROMOTED);
    assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
    assertThat(managed.state().downtimes().get(keyOf(old)))
        .extracting(Downtime::reason)
        .isEqualTo(Downtime.LOST_IN_RECOVERY);
    assertThat(managed.state().demoted().get(keyOf(old)))
        .extracting(DemotedMaster::successor)
        .isEqualTo(keyOf(promoted));
    String key = "mysql/master/" + ManagerConfiguration.ALIAS;
    assertThat(managed.state().keyValues())
        .extractingFromEntries(entry -> entry.getKey() + "=" + entry.getValue().value())
        .contains(key + "=" + promoted.address(), key + "/port=" + promoted.port())
        .hasSize(5);
    assertThat(managed.state().keyValues().values().stream().map(KeyValue::written).distinct())
        .as("the five keys are written by one entry")
        .hasSize(1)
        .doesNotContain(LogPosition.NONE);
    assertThat(managed.topology().clusterNameOf(keyOf(promoted))).contains(promoted.address());
    assertThat(Set.copyOf(managed.state().clusterLineage().values()))
        .containsExactly(promoted.address());
  }

  private static void assertLossIsExact(Managed managed, RecoveryTicket ticket) {
    GtidDifference exact =
        await("the loss is exact")
            .atMost(Duration.ofSeconds(15))
            .until(() -> managed.recovery(ticket.uid()).loss(), loss -> loss.exact().isPresent())
            .exact()
            .orElseThrow();
    assertThat(exact.transactionCount()).as(exact.toString()).isEqualTo(3);
    assertThat(managed.recoveries().getFirst().loss())
        .extracting(LossReport::exact)
        .isEqualTo(Optional.of(exact));
  }
}
