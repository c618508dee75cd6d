package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
