package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An old master comes back: it follows its successor, or is kept apart, as its transactions say.
 */
@Tag("long")
class ReturningMasterTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  private ManagerConfiguration configuration() {
    return ManagerConfiguration.quick()
        .with(
            "ReplicationCredentialsQuery",
            "SELECT '%s', '%s'"
                .formatted(Account.REPLICATION.user(), Account.REPLICATION.password()));
  }

  private static SandboxServer failOver(Managed managed, SandboxServer old) {
    old.kill();
    RecoveryTicket ticket = managed.awaitRecoveryOf(old);
    return managed.promotedBy(ticket);
  }

  private static DemotedMaster awaitCompared(Managed managed, SandboxServer old) {
    return await("the old master is compared")
        .atMost(SOON)
        .until(
            () -> Optional.ofNullable(managed.state().demoted().get(keyOf(old))),
            demoted -> demoted.flatMap(DemotedMaster::compared).isPresent())
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void oneThatLacksNothingOfItsOwnIsReattachedAsConfigured(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2))) {
      Servers.createLedger(sandbox);
      Path audit = folder.resolve("audit.log");
      ManagerConfiguration reattaching =
          configuration()
              .with("ReattachReturnedMasters", true)
              .with("AuditLogFile", audit.toString());
      try (Managed managed = Managed.over(sandbox, folder, reattaching)) {
        SandboxServer old = sandbox.master();
        Servers.write(old, 1);
        sandbox.awaitCaughtUp(Duration.ofSeconds(20));
        SandboxServer promoted = failOver(managed, old);
        Servers.write(promoted, 2);
        old.start();

        await("it follows").atMost(SOON).until(() -> Servers.replicatesFrom(old, promoted));
        await("it is not watched any more")
            .atMost(SOON)
            .until(() -> managed.state().demoted().isEmpty());
        old.awaitCaughtUpWith(promoted, Duration.ofSeconds(20));
        assertThat(Servers.ledgerOf(old)).containsExactly("1", "2");
        assertThat(Servers.writable(sandbox)).containsExactly(promoted);
        assertThat(audit)
            .content()
            .containsSubsequence(
                "compare-old-master",
                "reattach-demoted-master",
                promoted.address(),
                "release-demoted-master");
        assertKeptReadOnlyUntilAPersonWantsOtherwise(managed, old);
      }
    }
  }

  private static void assertKeptReadOnlyUntilAPersonWantsOtherwise(
      Managed managed, SandboxServer old) {
    old.sql("SET GLOBAL read_only = 0");
    await("a former master that takes writes as a replica is set read-only")
        .atMost(SOON)
        .until(() -> Servers.isReadOnly(old));
    ServerAction writable = new ServerAction.SetReadOnly(keyOf(old), false, false);
    assertThat(managed.operations().perform(writable, Managed.TESTER))
        .isInstanceOf(Outcome.Ok.class);
    await("a person wants it to take writes")
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(8))
        .until(() -> !Servers.isReadOnly(old));
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void oneWithTransactionsOfItsOwnIsKeptApartUntilAPersonRebuildsIt(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2))) {
      Servers.createLedger(sandbox);
      ManagerConfiguration reattaching = configuration().with("ReattachReturnedMasters", true);
      try (Managed managed = Managed.over(sandbox, folder, reattaching)) {
        SandboxServer old = sandbox.master();
        sandbox.replicas().forEach(replica -> replica.sql("STOP SLAVE IO_THREAD"));
        List.of(1, 2).forEach(number -> Servers.write(old, number));
        SandboxServer promoted = failOver(managed, old);
        List.of(3, 4, 5, 6).forEach(number -> Servers.write(promoted, number));
        old.start();

        DemotedMaster kept = awaitCompared(managed, old);
        assertThat(kept.isQuarantined()).isTrue();
        assertThat(kept.compared().orElseThrow().onlyHere().transactionCount()).isEqualTo(2);
        assertThat(managed.state().downtimes()).containsKey(keyOf(old));
        assertThat(Servers.isReadOnly(old)).isTrue();
        assertThat(Servers.writable(sandbox)).containsExactly(promoted);
        assertThat(managed.operations().reattachDemotedMaster(keyOf(old), Managed.TESTER))
            .isInstanceOfSatisfying(
                Outcome.Failed.class,
                failed ->
                    assertThat(failed.message())
                        .contains(kept.compared().orElseThrow().onlyHere().toString()));
        assertThat(old.replicaStatus()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = ServerKind.class, names = "MYSQL_8_0")
  void oneThatLacksNothingOfItsOwnIsReattachedByAPerson(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2))) {
      Servers.createLedger(sandbox);
      try (Managed managed = Managed.over(sandbox, folder, configuration())) {
        SandboxServer old = sandbox.master();
        SandboxServer promoted = failOver(managed, old);
        old.start();
        assertThat(awaitCompared(managed, old).canFollow()).isTrue();
        assertThat(old.replicaStatus()).isEmpty();

        Outcome<Instance> outcome =
            managed.operations().reattachDemotedMaster(keyOf(old), Managed.TESTER);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Ok.class);
        Servers.assertOneMaster(sandbox, promoted);
      }
    }
  }
}
